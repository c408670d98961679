import { onTestFinished } from 'vitest';
import { type Globals, globalSchema } from '../../src/alerting/config/global-schema.ts';
import { ConfiguredTemplates } from '../../src/alerting/configured-templates.ts';
import { InboxStore } from '../../src/alerting/inbox-store.ts';
import type { Notification, NotifiedAlert } from '../../src/alerting/notification.ts';
import type { NotifierKind, Receipt } from '../../src/alerting/notifier.ts';
import { notifiers } from '../../src/alerting/notifiers/notifiers.ts';
import { type LaneMemory, passingMemory } from '../../src/alerting/receiver-memory.ts';
import { Renderer } from '../../src/alerting/renderer.ts';
import { Resources } from '../../src/alerting/resources.ts';
import { openDatabase } from '../../src/store/open.ts';

const clock = { now: () => Date.UTC(2026, 0, 5, 12) };

const firing: NotifiedAlert = {
  fingerprint: 'f1',
  status: 'firing',
  labels: { alertname: 'Down', instance: 'a', severity: 'critical' },
  annotations: { summary: 'a is <down> & out' },
  startsAtMs: Date.UTC(2026, 0, 5),
  endsAtMs: 0,
  generatorURL: 'http://localhost/graph?g0.expr=up',
};

const resolved: NotifiedAlert = {
  fingerprint: 'f2',
  status: 'resolved',
  labels: { alertname: 'Down', instance: 'b', severity: 'critical' },
  annotations: {},
  startsAtMs: Date.UTC(2026, 0, 5),
  endsAtMs: Date.UTC(2026, 0, 6),
  generatorURL: '',
};

/** One alert that fires and one that is resolved, of one group. */
export const sampleNotification: Notification = {
  id: 'n1',
  groupKey: '{}:{alertname="Down"}',
  receiver: 'ops',
  status: 'firing',
  reason: 'first notification',
  alerts: [firing, resolved],
  groupLabels: { alertname: 'Down' },
  commonLabels: { alertname: 'Down', severity: 'critical' },
  commonAnnotations: {},
  routeLabels: {},
  externalURL: 'http://localhost:9600',
  atMs: Date.UTC(2026, 0, 5),
  drill: false,
};

/** The same group, over. */
export const sampleResolved: Notification = {
  ...sampleNotification,
  id: 'n2',
  status: 'resolved',
  reason: 'all alerts resolved',
  alerts: [resolved],
};

export interface SendOptions {
  readonly signal?: AbortSignal;
  readonly sent?: Notification;
  readonly globals?: Readonly<Record<string, unknown>>;
  readonly memory?: LaneMemory;
}

export interface Sent {
  readonly receipt: Receipt;
  readonly problems: readonly string[];
  readonly inbox: InboxStore;
}

export function kindOf(name: string): NotifierKind {
  const kind = notifiers.find((found) => found.name === name);
  if (kind === undefined) throw new Error(`no kind ${name}`);
  return kind;
}

/** Settings and sending of one entry, as the router does it, with the real templates. Everything is closed when the test ends. */
export function sender(name: string, entry: Readonly<Record<string, unknown>>, globals: object = {}) {
  const kind = kindOf(name);
  const resources = new Resources();
  const database = openDatabase(':memory:');
  onTestFinished(async () => {
    await resources.close();
    database.close();
  });
  const inbox = new InboxStore(database);
  const settings = kind.resolve(kind.schema.parse(entry), globalSchema.parse(globals) as Globals);
  const templates = new ConfiguredTemplates([], 'http://localhost:9600', clock);
  return async (options: Omit<SendOptions, 'globals'> = {}): Promise<Sent> => {
    const sent = options.sent ?? sampleNotification;
    const render = new Renderer(templates.engineFor(sent));
    const receipt = await kind.send(
      sent,
      settings,
      {
        http: (config) => resources.http(config),
        mailer: resources.mailer,
        inbox,
        render,
        memory: options.memory ?? passingMemory(),
      },
      options.signal ?? AbortSignal.timeout(20_000),
    );
    return { receipt, problems: render.problems, inbox };
  };
}

/** One notification to one entry. */
export function sendOnce(
  name: string,
  entry: Readonly<Record<string, unknown>>,
  { globals, ...options }: SendOptions = {},
): Promise<Sent> {
  return sender(name, entry, globals)(options);
}
