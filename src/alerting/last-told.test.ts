import { expect, it, onTestFinished } from 'vitest';
import { VirtualClock } from '../kit/clock.ts';
import { silentLogger } from '../log/logger.ts';
import type { Database } from '../store/database.ts';
import { openDatabase } from '../store/open.ts';
import { Registry } from '../telemetry/registry.ts';
import { AlertRouter } from './alert-router.ts';
import { loadAlertingConfig } from './config/load-alerting-config.ts';
import { InboxStore } from './inbox-store.ts';

const start = Date.UTC(2026, 0, 5, 12);

const config = loadAlertingConfig(
  `
route: { receiver: inbox, group_by: [instance], group_wait: 5s, group_interval: 1m }
receivers:
  - name: inbox
    inbox_configs: [{ send_resolved: true }]`,
  { file: 'alertmanager.yml', baseDir: '/' },
);

/** A process on a database; `stop` ends it. */
function run(database: Database, clock: VirtualClock) {
  const inbox = new InboxStore(database);
  const router = new AlertRouter({
    ...{ config, database, inbox, clock, registry: new Registry(), log: silentLogger },
    ledger: () => undefined,
    externalURL: 'http://localhost:9600',
  });
  const stop = new AbortController();
  const running = router.run(stop.signal);
  onTestFinished(() => stop.abort());
  return {
    router,
    sent: () => inbox.list().total,
    lastOf: (instance: string) =>
      router.alerts().find(({ labels }) => labels['instance'] === instance)?.lastNotification,
    async stop() {
      stop.abort();
      await running;
    },
  };
}

const down = (instance: string) => ({ labels: { alertname: 'Down', instance } });

it('knows after a restart who was told of an alert, and when', async () => {
  const database = openDatabase(':memory:');
  const clock = new VirtualClock(start);
  const first = run(database, clock);
  first.router.receive([down('a')]);
  await clock.advance(5000);
  first.router.receive([down('b')]);
  await first.stop();

  const second = run(database, clock);
  expect(second.lastOf('a')).toEqual({ atMs: start + 5000, receiver: 'inbox', outcome: 'delivered' });
  expect(second.lastOf('b')).toBeUndefined();
  expect(second.sent()).toBe(1);
});
