import { expect, it, onTestFinished } from 'vitest';
import { VirtualClock } from '../kit/clock.ts';
import { silentLogger } from '../log/logger.ts';
import type { LedgerEntry } from '../model/ledger.ts';
import type { Database } from '../store/database.ts';
import { openDatabase } from '../store/open.ts';
import { Registry } from '../telemetry/registry.ts';
import { AlertRouter } from './alert-router.ts';
import { fingerprintOf } from './alert-store.ts';
import { loadAlertingConfig } from './config/load-alerting-config.ts';
import { InboxStore } from './inbox-store.ts';
import type { NewAlert } from './views.ts';

const start = Date.UTC(2026, 0, 5, 12);
const minute = 60_000;

const config = (text: string) => loadAlertingConfig(text, { file: 'alertmanager.yml', baseDir: '/' });

const toInbox = (route: string, more = '') => `
route: { receiver: inbox, ${route} }
receivers:
  - name: inbox
    inbox_configs: [{ send_resolved: true }]
  - name: other
    inbox_configs: [{ send_resolved: true }]
  - name: quiet
    inbox_configs: [{ send_resolved: false }]
${more}`;

interface Running {
  readonly clock: VirtualClock;
  readonly router: AlertRouter;
  readonly inbox: InboxStore;
  readonly rows: LedgerEntry[];
  readonly registry: Registry;
  /** As a killed process: nothing more is done, the database stays as it is. */
  kill(): void;
  /** Titles, oldest first. */
  titles(): string[];
}

function run(
  text: string,
  options: {
    database?: Database;
    clock?: VirtualClock;
    drillReceiver?: (id: string) => string | undefined;
  } = {},
): Running {
  const clock = options.clock ?? new VirtualClock(start);
  const database = options.database ?? openDatabase(':memory:');
  const rows: LedgerEntry[] = [];
  const registry = new Registry();
  const inbox = new InboxStore(database);
  const router = new AlertRouter({
    config: config(text),
    database,
    inbox,
    clock,
    registry,
    log: silentLogger,
    ledger: (row) => void rows.push(row),
    externalURL: 'http://localhost:9600',
    ...(options.drillReceiver === undefined ? {} : { drillReceiver: options.drillReceiver }),
  });
  const stop = new AbortController();
  void router.run(stop.signal);
  onTestFinished(() => stop.abort());
  return {
    clock,
    router,
    inbox,
    rows,
    registry,
    kill: () => stop.abort(),
    titles: () =>
      inbox
        .list()
        .items.map(({ receiver, title }) => `${receiver} ${title}`)
        .reverse(),
  };
}

const alert = (labels: Record<string, string>, more: Partial<NewAlert> = {}): NewAlert => ({
  labels,
  ...more,
});
const down = (instance: string, more: Partial<NewAlert> = {}) => alert({ alertname: 'Down', instance }, more);
const ended = (instance: string, atMs: number) => down(instance, { endsAtMs: atMs });

it('notifies within receive itself when there is no wait', () => {
  const { router, titles } = run(toInbox('group_by: [alertname], group_wait: 0s'));
  router.receive([down('a'), down('b')]);
  expect(titles()).toEqual(['inbox [FIRING:2] Down']);
});

it('waits for group_wait, then for group_interval, then for repeat_interval', async () => {
  const { router, titles, clock } = run(
    toInbox('group_by: [alertname], group_wait: 30s, group_interval: 5m, repeat_interval: 1h'),
  );
  const renew = async (ms: number, alerts: readonly NewAlert[]) => {
    for (let at = 0; at < ms; at += minute) {
      router.receive(alerts);
      await clock.advance(Math.min(minute, ms - at));
    }
  };
  router.receive([down('a')]);
  await clock.advance(29_000);
  expect(titles()).toEqual([]);
  await clock.advance(1000);
  expect(titles()).toEqual(['inbox [FIRING:1] Down']);
  await renew(4 * minute, [down('a'), down('b')]);
  expect(titles()).toHaveLength(1);
  await renew(minute, [down('a'), down('b')]);
  expect(titles()).toEqual(['inbox [FIRING:1] Down', 'inbox [FIRING:2] Down']);
  await renew(60 * minute, [down('a'), down('b')]);
  expect(titles()).toHaveLength(2);
  await renew(5 * minute, [down('a'), down('b')]);
  expect(titles()).toHaveLength(3);
});

it('tells of resolved alerts, and never of one that resolved within group_wait', async () => {
  const { router, titles, clock } = run(toInbox('group_by: [instance], group_wait: 30s, group_interval: 1m'));
  router.receive([down('a'), down('b')]);
  await clock.advance(10_000);
  router.receive([ended('b', start + 10_000)]);
  await clock.advance(20_000);
  expect(titles()).toEqual(['inbox [FIRING:1] Down (a)']);
  router.receive([ended('a', clock.now())]);
  await clock.advance(minute);
  expect(titles()).toEqual(['inbox [FIRING:1] Down (a)', 'inbox [RESOLVED] Down (a)']);
  expect(router.alerts()).toEqual([]);
  expect(router.groups()).toEqual([]);
});

it('takes an alert that is not renewed as resolved after resolve_timeout', async () => {
  const { router, titles, clock } = run(
    `global: { resolve_timeout: 2m }${toInbox('group_by: [alertname], group_wait: 0s, group_interval: 1m')}`,
  );
  router.receive([down('a')]);
  await clock.advance(minute);
  router.receive([down('a')]);
  await clock.advance(minute + 30_000);
  expect(titles()).toHaveLength(1);
  await clock.advance(minute);
  expect(titles()).toEqual(['inbox [FIRING:1] Down', 'inbox [RESOLVED] Down']);
});

it('does not tell a receiver of resolved alerts that wants none, and tells it anew when they fire again', async () => {
  const { router, titles, clock } = run(
    toInbox(
      'group_by: [alertname], group_wait: 0s, group_interval: 1m, routes: [{ receiver: quiet, matchers: [alertname="Down"] }]',
    ),
  );
  router.receive([down('a')]);
  router.receive([ended('a', start)]);
  await clock.advance(2 * minute);
  router.receive([down('a')]);
  await clock.advance(2 * minute);
  expect(titles()).toEqual(['quiet [FIRING:1] Down', 'quiet [FIRING:1] Down']);
});

it('inhibits, silences and mutes, says by what, and tells when that ends', async () => {
  const { router, titles, clock, rows } = run(
    toInbox(
      'group_by: [instance], group_wait: 0s, group_interval: 1m, routes: [{ matchers: [team="night"], mute_time_intervals: [noon] }]',
      `
inhibit_rules: [{ source_matchers: [severity="critical"], target_matchers: [severity="warning"], equal: [cluster] }]
time_intervals: [{ name: noon, time_intervals: [{ times: [{ start_time: '11:00', end_time: '12:05' }] }] }]`,
    ),
  );
  const sid = router.silences.set({
    matchers: [{ name: 'instance', op: '=~', value: 's.*' }],
    startsAtMs: start,
    endsAtMs: start + 3 * minute + 1,
    createdBy: 'me',
    comment: 'upgrade',
  });
  const all = [
    alert({ alertname: 'X', instance: 'c', severity: 'critical', cluster: 'one' }),
    alert({ alertname: 'X', instance: 'w', severity: 'warning', cluster: 'one' }),
    alert({ alertname: 'X', instance: 's1' }),
    alert({ alertname: 'X', instance: 'n', team: 'night' }),
  ];
  router.receive(all);
  expect(titles()).toEqual(['inbox [FIRING:1] X (c)']);
  const of = (instance: string) => router.alerts().find(({ labels }) => labels['instance'] === instance);
  expect(of('c')?.status.state).toBe('active');
  expect(of('w')?.status).toMatchObject({ state: 'suppressed', inhibitedBy: [of('c')?.fingerprint] });
  expect(of('s1')?.status).toMatchObject({ state: 'suppressed', silencedBy: [sid] });
  expect(of('n')?.status).toMatchObject({ state: 'suppressed', mutedBy: ['noon'] });
  const decisions = () => rows.filter(({ hop }) => hop === 'route').map(({ decision }) => decision);
  expect(decisions()).toEqual([...Array(4).fill('grouped'), 'inhibited', 'silenced', 'muted']);
  expect(
    router.alerts({ silenced: false, inhibited: false }).map(({ labels }) => labels['instance']),
  ).toEqual(['c', 'n']);
  expect(router.groups({ muted: false }).map(({ labels }) => labels['instance'])).toEqual(['c']);

  for (let i = 0; i < 6; i++) {
    await clock.advance(minute);
    router.receive(i < 2 ? all : [...all.slice(1), { ...(all[0] as NewAlert), endsAtMs: clock.now() }]);
  }
  expect(titles().sort()).toEqual([
    'inbox [FIRING:1] X (c)',
    'inbox [FIRING:1] X (n)',
    'inbox [FIRING:1] X (s1)',
    'inbox [FIRING:1] X (w)',
    'inbox [RESOLVED] X (c)',
  ]);
});

it('sends to every route with continue, groups by all labels with "...", and names the group as upstream does', () => {
  const { router, titles } = run(
    toInbox(
      `group_by: ['...'], group_wait: 0s, routes: [{ receiver: other, matchers: [a="1"], continue: true }, { matchers: [a=~"1|2"] }]`,
    ),
  );
  router.receive([alert({ alertname: 'X', a: '1' })]);
  expect(titles()).toEqual(['other [FIRING:1] X (1)', 'inbox [FIRING:1] X (1)']);
  expect(router.groups().map(({ key }) => key)).toEqual([
    '{}/{a=~"1|2"}:{a="1", alertname="X"}',
    '{}/{a="1"}:{a="1", alertname="X"}',
  ]);
  expect(router.wouldReach({ a: '1', skopos_drill: 'x' })).toEqual(['other', 'inbox']);
});

it('keeps drills away from real receivers, unless one is named, and ignores waits and silences for them', () => {
  const { router, titles, inbox, rows } = run(toInbox('group_by: [alertname], group_wait: 5m'), {
    drillReceiver: (id) => (id === 'named' ? 'other' : 'no such'),
  });
  router.silences.set({
    matchers: [{ name: 'alertname', op: '=', value: 'Down' }],
    startsAtMs: start,
    endsAtMs: start + minute,
    createdBy: '',
    comment: '',
  });
  router.receive([down('a', { cause: 'c1' }), down('a', { cause: 'c2' })]);
  router.receive([alert({ alertname: 'Down', skopos_drill: 'd1' }, { cause: 'c3' })]);
  router.receive([alert({ alertname: 'Down', skopos_drill: 'named' })]);
  expect(titles().map((title) => title.split(' ')[0])).toEqual(['drill', 'other']);
  expect(inbox.list().items.every(({ drill }) => drill)).toBe(true);
  expect(rows.filter(({ cause }) => cause === 'c3').map(({ hop, decision }) => `${hop} ${decision}`)).toEqual(
    ['alert firing', 'route grouped', 'notify sending'],
  );
  expect(rows.find(({ cause, hop }) => cause === 'c3' && hop === 'route')?.detail).toMatchObject({
    receivers: ['drill'],
    wouldReach: ['inbox'],
  });
});

it('neither repeats nor loses a notification over a kill', async () => {
  const database = openDatabase(':memory:');
  const clock = new VirtualClock(start);
  const text = `global: { resolve_timeout: 1h }${toInbox('group_by: [instance], group_wait: 30s, group_interval: 5m')}`;
  const first = run(text, { database, clock });
  first.router.receive([down('sent')]);
  await clock.advance(40_000);
  first.router.receive([down('waits')]);
  first.kill();
  await clock.advance(10_000);
  expect(first.titles()).toEqual(['inbox [FIRING:1] Down (sent)']);

  const second = run(text, { database, clock });
  await clock.advance(30_000);
  expect(second.titles()).toEqual(['inbox [FIRING:1] Down (sent)', 'inbox [FIRING:1] Down (waits)']);
  second.router.receive([ended('sent', clock.now())]);
  second.kill();

  const third = run(text, { database, clock });
  third.router.receive([down('waits')]);
  await clock.advance(5 * minute);
  expect(third.titles()).toEqual([
    'inbox [FIRING:1] Down (sent)',
    'inbox [FIRING:1] Down (waits)',
    'inbox [RESOLVED] Down (sent)',
  ]);
  const fourth = run(text, { database, clock });
  fourth.router.receive([down('waits'), ended('sent', clock.now())]);
  await clock.advance(minute);
  expect(fourth.titles()).toHaveLength(3);
});

it('tells at once, after a kill, the one of several integrations that the end cut off, and the others not again', async () => {
  const database = openDatabase(':memory:');
  const clock = new VirtualClock(start);
  const text = `global: { resolve_timeout: 1h }
route: { receiver: two, group_by: [instance], group_wait: 0s, group_interval: 5m }
receivers:
  - name: two
    inbox_configs: [{ title: first }, { title: second }]
`;
  const first = run(text, { database, clock });
  first.router.receive([down('a')]);
  await clock.advance(1000);
  expect(first.titles()).toEqual(['two first', 'two second']);
  first.kill();
  // As if the end had come before the second was told.
  database.exec(`DELETE FROM alerting_notification_log WHERE lane LIKE '%[1]'`);
  database.exec(`DELETE FROM alerting_inbox WHERE message LIKE '%second%'`);

  const second = run(text, { database, clock });
  await clock.advance(1000);
  expect(second.titles()).toEqual(['two first', 'two second']);
});

it('tells of an end that was held back when it is said again, once', async () => {
  const { router, titles, clock } = run(toInbox('group_by: [instance], group_wait: 0s, group_interval: 1m'));
  router.receive([down('a')]);
  router.silences.set({
    matchers: [{ name: 'instance', op: '=', value: 'a' }],
    startsAtMs: start,
    endsAtMs: start + 3 * minute,
    createdBy: '',
    comment: '',
  });
  await clock.advance(minute);
  router.receive([ended('a', clock.now())]);
  await clock.advance(3 * minute);
  expect(titles()).toEqual(['inbox [FIRING:1] Down (a)']);
  for (let again = 0; again < 3; again++) {
    router.receive([ended('a', clock.now())]);
    await clock.advance(minute);
  }
  expect(titles()).toEqual(['inbox [FIRING:1] Down (a)', 'inbox [RESOLVED] Down (a)']);
});

it('goes on with group_wait where it was when it was killed', async () => {
  const database = openDatabase(':memory:');
  const clock = new VirtualClock(start);
  const text = toInbox('group_by: [alertname], group_wait: 30s, group_interval: 5m');
  const first = run(text, { database, clock });
  first.router.receive([down('a', { startsAtMs: start - 5000 })]);
  await clock.advance(10_000);
  first.kill();

  const second = run(text, { database, clock });
  await clock.advance(5000);
  second.router.receive([down('b')]);
  await clock.advance(14_999);
  expect(second.titles()).toEqual([]);
  await clock.advance(1);
  expect(second.titles()).toEqual(['inbox [FIRING:2] Down']);
});

it('keeps its state over a reload, and keeps the old configuration when the new one fails', async () => {
  const { router, titles, clock } = run(toInbox('group_by: [alertname], group_wait: 0s, group_interval: 1m'));
  router.receive([down('a')]);
  router.reload(config(toInbox('group_by: [alertname], group_wait: 0s, group_interval: 2m')));
  await clock.advance(minute);
  router.receive([down('a')]);
  expect(titles()).toHaveLength(1);
  router.reload(config(toInbox('receiver: other').replace('receiver: inbox, ', '')));
  await clock.advance(minute);
  expect(titles()).toEqual(['inbox [FIRING:1] Down', 'other [FIRING:1] Down']);
});

it('answers for one alert why it was sent and with what outcome', async () => {
  const { router, rows, clock, registry } = run(toInbox('group_by: [alertname], group_wait: 0s'));
  router.receive([down('a', { cause: 'c7' })]);
  await clock.advance(0);
  const [view] = router.alerts();
  expect(view?.lastNotification).toEqual({ atMs: start, receiver: 'inbox', outcome: 'delivered' });
  expect(
    rows.filter(({ cause }) => cause === 'c7').map(({ hop, subject, decision }) => [hop, subject, decision]),
  ).toEqual([
    ['alert', `alert:${view?.fingerprint}`, 'firing'],
    ['route', `alert:${view?.fingerprint}`, 'grouped'],
    ['notify', 'group:{}:{alertname="Down"}', 'sending'],
    ['receipt', 'group:{}:{alertname="Down"}', 'delivered'],
  ]);
  expect(rows.at(-1)?.detail).toMatchObject({ fingerprints: [view?.fingerprint], receiver: 'inbox' });
  const samples = registry.gather().flatMap((family) => family.samples);
  expect(samples).toContainEqual({ name: 'skopos_alerts', labels: { state: 'active' }, value: 1 });
  expect(samples).toContainEqual({
    name: 'skopos_notifications_total',
    labels: { receiver: 'inbox', integration: 'inbox' },
    value: 1,
  });
});

it('still notifies, once, when the disk refuses to be written', async () => {
  const database = openDatabase(':memory:');
  const { router, titles, clock, inbox } = run(
    toInbox('group_by: [alertname], group_wait: 10s, group_interval: 1m'),
    {
      database,
    },
  );
  router.receive([down('a')]);
  database.exec(
    "CREATE TRIGGER full1 BEFORE INSERT ON alerting_groups BEGIN SELECT RAISE(ABORT, 'full'); END",
  );
  database.exec(
    "CREATE TRIGGER full2 BEFORE INSERT ON alerting_notification_log BEGIN SELECT RAISE(ABORT, 'full'); END",
  );
  await clock.advance(10_000);
  await clock.advance(3 * minute);
  expect(titles()).toEqual(['inbox [FIRING:1] Down']);
  expect(inbox.list().total).toBe(1);
});

it('refuses what is no alert and takes the rest', () => {
  const { router } = run(toInbox('group_by: [alertname]'));
  const result = router.receive([
    down('a'),
    alert({}),
    down('b', { startsAtMs: start, endsAtMs: start - 1 }),
  ]);
  expect(result.accepted).toBe(1);
  expect(result.problems).toEqual([
    'an alert without labels',
    'alert {alertname="Down", instance="b"}: it ends before it starts',
  ]);
});

it('tells once where alerts went that came together and went the same way', async () => {
  const { router, rows } = run(toInbox('group_by: [alertname], group_wait: 30s'));
  const named = (name: string, instance: string) => alert({ alertname: name, instance });
  router.receive([named('A', '1'), named('B', '1'), named('A', '2'), named('A', '3')]);
  const grouped = rows.filter(({ decision }) => decision === 'grouped');
  const of = (name: string, ...instances: string[]) =>
    instances.map((instance) => fingerprintOf({ alertname: name, instance }));
  expect(
    grouped.map(({ subject, detail }) => [subject, detail['fingerprints'] ?? detail['fingerprint']]),
  ).toEqual([
    ['group:{}:{alertname="A"}', of('A', '1', '2', '3')],
    [`alert:${of('B', '1')[0]}`, of('B', '1')[0]],
  ]);
  expect(grouped[0]?.detail).toMatchObject({ receivers: ['inbox'], waitsFor: 'group_wait' });
});

it('writes down why a change is told nobody of', async () => {
  const { router, rows, clock } = run(toInbox('group_by: [alertname], group_wait: 30s, group_interval: 1m'));
  router.receive([down('brief')]);
  router.receive([ended('brief', start)]);
  await clock.advance(30_000);
  const decisions = (instance: string) => {
    const fingerprint = fingerprintOf({ alertname: 'Down', instance });
    return rows
      .filter(({ subject, hop }) => subject === `alert:${fingerprint}` && hop === 'route')
      .map(({ decision, detail }) => [decision, detail['waitsFor'] ?? detail['why']]);
  };
  expect(decisions('brief')).toEqual([
    ['grouped', 'group_wait'],
    ['grouped', 'group_wait'],
    ['deduplicated', 'it ended before anybody was told'],
  ]);
  router.receive([down('a')]);
  await clock.advance(30_000);
  router.receive([ended('a', clock.now()), down('b')]);
  router.receive([down('a')]);
  expect(decisions('a').at(-1)).toEqual(['grouped', 'group_interval']);
});

it('tells the owner of a silence that ends soon while it hides something, until it is prolonged', async () => {
  const { router, titles, clock } = run(
    `global: {resolve_timeout: 5h}${toInbox('group_by: [alertname], group_wait: 0s, group_interval: 1m')}`,
  );
  const hour = 60 * minute;
  const silence = {
    matchers: [{ name: 'instance', op: '=', value: 'a' } as const],
    startsAtMs: start,
    endsAtMs: start + 2 * hour,
    createdBy: 'kim',
    comment: 'known',
    owner: 'team-a',
    noticeMs: hour,
  };
  const id = router.silences.set(silence);
  router.receive([down('a')]);
  await clock.advance(hour - minute);
  expect(titles()).toEqual([]);
  await clock.advance(2 * minute);
  expect(titles()).toEqual(['inbox [FIRING:1] SkoposSilenceEnds']);
  expect(
    router.alerts().find(({ labels }) => labels['alertname'] === 'SkoposSilenceEnds')?.labels,
  ).toMatchObject({
    silence: id,
    owner: 'team-a',
  });
  router.silences.set({ ...silence, id, endsAtMs: start + 5 * hour });
  await clock.advance(hour + minute);
  expect(titles().at(-1)).toBe('inbox [RESOLVED] SkoposSilenceEnds');
});
