import type { Clock } from '../kit/clock.ts';
import { Places } from '../kit/places.ts';
import type { Labels } from '../model/labels.ts';
import { checkTemplates } from './check-templates.ts';
import type { AlertingConfig, ReceiverConfig } from './config/alerting-config.ts';
import { ConfiguredTemplates } from './configured-templates.ts';
import { Inhibitor } from './inhibitor.ts';
import { LabelMemo } from './label-memo.ts';
import type { Receiver } from './lane.ts';
import { inbox } from './notifiers/inbox.ts';
import { Resources } from './resources.ts';
import { buildRouteTree, matchRoutes, type RouteNode, routedBy } from './route-tree.ts';

/** The receiver of drills that name none. */
export const drillReceiverName = 'drill';

const placesPerIntegration = 8;

/** A configuration, ready to be used; replaced whole when it is reloaded. */
export class RunningConfig {
  readonly config: AlertingConfig;
  readonly inhibitor: Inhibitor;
  readonly templates: ConfiguredTemplates;
  readonly resources = new Resources();
  readonly root: RouteNode;
  readonly #routes: LabelMemo<readonly RouteNode[]>;
  readonly #receivers = new Map<string, Receiver>();
  readonly #drillRoutes = new Map<string, RouteNode>();

  /** @throws {ConfigFileError} when a template does not parse, or fails on a sample. */
  constructor(config: AlertingConfig, externalURL: string, clock: Pick<Clock, 'now'>) {
    checkTemplates(config);
    this.config = config;
    this.inhibitor = new Inhibitor(config.inhibitRules);
    this.templates = new ConfiguredTemplates(config.templates, externalURL, clock);
    this.root = buildRouteTree(config.route);
    this.#routes = new LabelMemo(routedBy(config.route));
    for (const receiver of config.receivers) this.#receivers.set(receiver.name, ready(receiver));
  }

  routesOf(labels: Labels): readonly RouteNode[] {
    return this.#routes.of(labels, (of) => matchRoutes(this.root, of));
  }

  /** The way of a drill's alerts: to the receiver that it names, else to the built-in inbox. */
  drillRoute(named: string | undefined): RouteNode {
    const receiver = named !== undefined && this.#receivers.has(named) ? named : drillReceiverName;
    const known = this.#drillRoutes.get(receiver);
    if (known !== undefined) return known;
    const node = buildRouteTree(
      { ...this.config.route, ...drillTimers, receiver, labels: {}, routes: [] },
      '{skopos_drill!=""}',
      `drill:${receiver}`,
    );
    this.#drillRoutes.set(receiver, node);
    return node;
  }

  receiver(name: string): Receiver | undefined {
    return this.#receivers.get(name) ?? (name === drillReceiverName ? builtIn : undefined);
  }
}

const drillTimers = {
  groupBy: 'all',
  groupWaitMs: 0,
  groupIntervalMs: 1000,
  repeatIntervalMs: 24 * 3_600_000,
} as const;

function ready(config: ReceiverConfig): Receiver {
  return {
    config,
    integrations: config.integrations.map((integration) => ({
      receiver: config.name,
      config: integration,
      name: `${config.name}/${integration.kind.name}[${integration.index}]`,
      gate: new Places(placesPerIntegration),
    })),
  };
}

const builtIn = ready({
  name: drillReceiverName,
  labels: {},
  integrations: [
    {
      kind: inbox,
      index: 0,
      sendResolved: true,
      settings: { title: undefined, text: undefined },
    },
  ],
});
