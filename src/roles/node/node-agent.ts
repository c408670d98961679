import { CollectorSet } from '../../exporters/node/collector-set.ts';
import { BadInputError, UnavailableError } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import type { LineLog } from '../../log/line-log.ts';
import type { MetricFamily } from '../../model/metric.ts';
import { expositionText, expositionType } from '../../telemetry/exposition.ts';
import { agentMetrics } from './agent-metrics.ts';
import { collectorTable, type MetricsPage } from './collector-table.ts';
import { type EndpointContext, endpointTable, type NodeEndpoint, type NodeReply } from './endpoint-table.ts';
import { NodeServer } from './node-server.ts';
import type { NodeSettings } from './node-settings.ts';

export interface NodeAgentOptions {
  readonly settings: NodeSettings;
  readonly clock: Clock;
  readonly log: LineLog;
}

/** All of `skopos node`: the collectors that are enabled, the endpoints beside them, and the server, which is what runs. */
export async function createNodeAgent(options: NodeAgentOptions): Promise<NodeServer> {
  const pages = new Map<MetricsPage, MetricsSource>();
  for (const page of ['/metrics', '/metrics/cadvisor'] as const)
    pages.set(page, new MetricsSource(await collectorsOf(page, options), page, options));
  const endpoints = new Endpoints(options);
  return new NodeServer({
    settings: options.settings,
    log: options.log,
    answer: async (path, query, signal) =>
      (await pages.get(path as MetricsPage)?.answer(query, signal)) ??
      (await endpoints.answer(path, query, signal)),
  });
}

async function collectorsOf(page: MetricsPage, options: NodeAgentOptions): Promise<CollectorSet> {
  const { settings, clock, log } = options;
  const entries = collectorTable.filter((entry) => entry.page === page && settings.enabled.has(entry.name));
  const collectors = [];
  for (const { load } of entries) collectors.push((await load())(settings.options));
  return new CollectorSet({
    collectors,
    clock,
    log,
    roots: settings.roots,
    timeLimitMs: settings.timeLimitMs,
  });
}

/** One page of metrics, of all collectors or of those that `collect[]` names or `exclude[]` leaves. */
class MetricsSource {
  readonly #collectors: CollectorSet;
  readonly #page: MetricsPage;
  readonly #options: NodeAgentOptions;
  #running = 0;

  constructor(collectors: CollectorSet, page: MetricsPage, options: NodeAgentOptions) {
    this.#collectors = collectors;
    this.#page = page;
    this.#options = options;
  }

  /** @throws {BadInputError} for a collector that does not run, {@link UnavailableError} for too many scrapes at a time. */
  async answer(query: URLSearchParams, signal: AbortSignal): Promise<NodeReply> {
    const isWanted = filterOf(query, this.#collectors.names);
    const { maxRequests } = this.#options.settings;
    if (this.#running >= maxRequests)
      throw new UnavailableError(`${maxRequests} scrapes are running; --web.max-requests allows no more`);
    this.#running++;
    try {
      const families = await this.#collectors.gather(isWanted, signal);
      return {
        status: 200,
        type: expositionType,
        body: expositionText(
          [...families, ...this.#ownFamilies()].filter(({ samples }) => samples.length > 0),
        ),
      };
    } finally {
      this.#running--;
    }
  }

  #ownFamilies(): readonly MetricFamily[] {
    return this.#page === '/metrics' ? agentMetrics(this.#options.settings) : [];
  }
}

function filterOf(query: URLSearchParams, known: readonly string[]): (name: string) => boolean {
  const collect = query.getAll('collect[]');
  const exclude = query.getAll('exclude[]');
  if (collect.length > 0 && exclude.length > 0)
    throw new BadInputError('exclude[]', 'cannot be given together with collect[]');
  const missing = [...collect, ...exclude].find((name) => !known.includes(name));
  if (missing !== undefined)
    throw new BadInputError(
      collect.length > 0 ? 'collect[]' : 'exclude[]',
      `there is no collector ${JSON.stringify(missing)} here, or it is disabled; there are ${known.join(', ')}`,
    );
  return (name) => (collect.length > 0 ? collect.includes(name) : !exclude.includes(name));
}

/** The paths beside the metrics; each is made at its first request. */
class Endpoints {
  readonly #context: EndpointContext;
  readonly #made = new Map<string, Promise<NodeEndpoint>>();

  constructor({ settings, clock, log }: NodeAgentOptions) {
    this.#context = { roots: settings.roots, nodeName: settings.nodeName, clock, log };
  }

  async answer(path: string, query: URLSearchParams, signal: AbortSignal): Promise<NodeReply | undefined> {
    const entry = endpointTable.find((known) => known.path === path);
    if (entry === undefined) return undefined;
    let made = this.#made.get(path);
    if (made === undefined) {
      made = entry.load().then((create) => create(this.#context));
      this.#made.set(path, made);
    }
    return await (await made)(query, signal);
  }
}
