import { expect, it, onTestFinished } from 'vitest';
import { type Answer, startWebhookServer } from '../../test/support/webhook-server.ts';
import { systemClock } from '../kit/clock.ts';
import { silentLogger } from '../log/logger.ts';
import type { LedgerEntry } from '../model/ledger.ts';
import { openDatabase } from '../store/open.ts';
import { Registry } from '../telemetry/registry.ts';
import { AlertGroup } from './alert-group.ts';
import type { AlertRecord } from './alert-record.ts';
import type { Snapshot } from './build-notification.ts';
import { loadAlertingConfig } from './config/load-alerting-config.ts';
import type { NotificationLogEntry } from './dedup.ts';
import { InboxStore } from './inbox-store.ts';
import { laneKey } from './lane.ts';
import { NotificationLog } from './notification-log.ts';
import type { Turn } from './peers/turn.ts';
import { ReceiverMemory } from './receiver-memory.ts';
import { routerMetrics } from './router-metrics.ts';
import { RunningConfig } from './running-config.ts';
import { Sender } from './sender.ts';
import { WriteBehind } from './write-behind.ts';

/**
 * A sender whose peers do as the test says: `told` is what they are known to have told at each attempt.
 */
async function workshop(
  told: readonly (NotificationLogEntry | undefined)[],
  answers: readonly Answer[] = [],
) {
  const hook = await startWebhookServer((_request, count) => answers[count - 1] ?? { status: 200 });
  const database = openDatabase(':memory:');
  const clock = systemClock;
  const text = `
route: { receiver: hook }
receivers: [{ name: hook, webhook_configs: [{ url: '${hook.url}' }] }]`;
  const config = loadAlertingConfig(text, { file: 'alertmanager.yml', baseDir: '/' });
  const running = new RunningConfig(config, 'http://localhost', clock);
  onTestFinished(async () => {
    hook.close();
    await running.resources.close();
    database.close();
  });
  const writes = new WriteBehind(database, clock, silentLogger);
  const rows: LedgerEntry[] = [];
  const steps: string[] = [];
  const turn: Turn = {
    async begin(isNews) {
      const last = told[steps.filter((step) => step === 'begin').length];
      steps.push('begin');
      return isNews(last) ? { kind: 'mine', last } : { kind: 'told', by: 'b' };
    },
    end: () => void steps.push('end'),
  };
  const sender = new Sender({
    clock,
    log: silentLogger,
    ledger: (row) => void rows.push(row),
    inbox: new InboxStore(database),
    externalURL: 'http://localhost',
    retentionMs: 3_600_000,
    notifications: new NotificationLog(database, clock, writes),
    memory: new ReceiverMemory(database, clock),
    metrics: routerMetrics(
      new Registry(),
      () => ({}),
      () => undefined,
    ),
    running: () => running,
    turns: { of: () => turn },
  });
  const group = new AlertGroup(running.root, {}, { isDrill: false, nextFlushMs: 0 });
  const [integration] = running.receiver('hook')?.integrations ?? [];
  if (integration === undefined) throw new Error('there is no receiver');
  const send = (snapshot: Snapshot, last?: NotificationLogEntry) =>
    sender.send(
      group,
      integration,
      { lane: laneKey(group.key, integration), snapshot, last },
      new AbortController().signal,
    );
  const sent = () => hook.json().map((body) => (body as { status: string }).status);
  return { send, sent, rows, steps };
}

function record(name: string, changeSeq: number): AlertRecord {
  const labels = { alertname: name };
  const alert = { labels, annotations: {}, startsAtMs: 1000, endsAtMs: 9e15, updatedAtMs: 1000 };
  return {
    ...{ fingerprint: name, key: name, drill: undefined, isResolved: false, isSettled: false, changeSeq },
    ...{ isProcessed: true, routes: [], groups: [], lastOutcome: undefined },
    alert: { ...alert, generatorURL: '', cause: `c-${name}`, isTimeout: false },
  } as unknown as AlertRecord;
}

function snapshotOf(...firing: readonly AlertRecord[]): Snapshot {
  return { atMs: Date.now(), seq: 10, firing, resolved: [] };
}

function entry(
  atMs: number,
  firing: readonly string[],
  resolved: readonly string[] = [],
): NotificationLogEntry {
  return { atMs, firing: new Set(firing), resolved: new Set(resolved) };
}

it('tells nobody what a peer told meanwhile, and says in the ledger who did', async () => {
  const { send, sent, rows, steps } = await workshop([entry(Date.now(), ['Down'])]);
  expect(await send(snapshotOf(record('Down', 1)))).toBe(true);
  expect(sent()).toEqual([]);
  expect(steps).toEqual(['begin', 'end']);
  expect(rows.map(({ decision, cause, detail }) => [decision, cause, detail['peer']])).toEqual([
    ['deduplicated', 'c-Down', 'b'],
  ]);
});

it('does not say that an alert fires which has resolved since, when a peer told so', async () => {
  const { send, sent } = await workshop([entry(Date.now(), [], ['Down'])], []);
  // It changed after the snapshot was taken.
  expect(await send(snapshotOf(record('Down', 11)), entry(1, ['Down']))).toBe(true);
  expect(sent()).toEqual([]);
});

it('sends what a peer told only a part of', async () => {
  const { send, sent, rows } = await workshop([entry(Date.now(), ['Down'])]);
  expect(await send(snapshotOf(record('Down', 1), record('Slow', 2)))).toBe(true);
  expect(sent()).toEqual(['firing']);
  expect(rows.find(({ hop }) => hop === 'notify')?.detail).toMatchObject({
    reason: 'new alerts added',
    fingerprints: ['Slow'],
  });
});

it('lets go between attempts, and stops when a peer told it meanwhile', async () => {
  const { send, sent, steps } = await workshop([undefined, entry(Date.now(), ['Down'])], [{ status: 503 }]);
  expect(await send(snapshotOf(record('Down', 1)))).toBe(true);
  expect(sent()).toEqual(['firing']);
  expect(steps).toEqual(['begin', 'end', 'begin', 'end']);
});
