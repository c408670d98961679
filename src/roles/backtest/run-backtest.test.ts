import fc from 'fast-check';
import { expect, it } from 'vitest';
import { loadAlertingConfig } from '../../alerting/config/load-alerting-config.ts';
import { VirtualClock } from '../../kit/clock.ts';
import { silentLogger } from '../../log/logger.ts';
import type { BacktestProgress } from '../../model/backtest.ts';
import type { MixedSamples } from '../../model/float-histogram.ts';
import { type Labels, metricName } from '../../model/labels.ts';
import { Engine } from '../../promql/engine.ts';
import { MemorySeries } from '../../promql/memory-series.ts';
import { RecordedHistory } from '../../rules/backtest/recorded-history.ts';
import { evaluateWith } from '../../rules/evaluate.ts';
import { nextTickMs } from '../../rules/group-ticks.ts';
import { parseRuleFile } from '../../rules/rule-file.ts';
import { RuleManager } from '../../rules/rule-manager.ts';
import { runBacktest } from './run-backtest.ts';

const minute = 60_000;
const start = Date.UTC(2026, 2, 2);
const engine = new Engine();

const slack = `
route: { receiver: team, group_by: [alertname], group_wait: 30s, group_interval: 5m, repeat_interval: 4h }
receivers:
  - name: team
    slack_configs: [{ api_url: "http://127.0.0.1:1/", channel: "#a", send_resolved: true }]
`;

/** A sample every 15 s, `value` by the time since the start. */
function series(labels: Labels, lengthMs: number, value: (afterMs: number) => number): MixedSamples {
  const times = Float64Array.from({ length: Math.floor(lengthMs / 15_000) }, (_, i) => start + i * 15_000);
  return { labels, timesMs: times, values: times.map((atMs) => value(atMs - start)) };
}

const up = (instance: string, lengthMs: number, value: (afterMs: number) => number) =>
  series({ [metricName]: 'up', instance }, lengthMs, value);

interface Tried {
  readonly rules: string;
  readonly data: readonly MixedSamples[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly alertmanager?: string;
  readonly engine?: Engine;
  readonly signal?: AbortSignal;
  readonly progress?: (progress: BacktestProgress) => void;
}

function backtest({ rules, data, fromMs, toMs, alertmanager = slack, signal, progress, ...more }: Tried) {
  return runBacktest({
    files: [parseRuleFile(rules, 'rules.yml')],
    history: new RecordedHistory({
      name: 'memory',
      store: new MemorySeries(data),
      engine: more.engine ?? engine,
    }),
    alerting: loadAlertingConfig(alertmanager, { file: 'alertmanager.yml', baseDir: '/' }),
    startMs: start + fromMs,
    endMs: start + toMs,
    evaluationIntervalMs: minute,
    externalLabels: {},
    signal: signal ?? new AbortController().signal,
    ...(progress === undefined ? {} : { progress }),
  });
}

const down =
  'groups: [{ name: a, rules: [{ alert: Down, expr: up == 0, for: 2m, labels: { severity: page } }] }]';

/** The first evaluation of group `a` at or after a time. */
const tick = (afterMs: number) =>
  nextTickMs({ file: 'rules.yml', name: 'a', intervalMs: minute }, start + afterMs - 1);

it('tells when an alert would have been pending, fired and resolved, and who would have been told when', async () => {
  const result = await backtest({
    rules: down,
    data: [up('x', 3_600_000, (at) => (at >= 10 * minute && at < 20 * minute ? 0 : 1))],
    fromMs: 0,
    toMs: 60 * minute,
  });
  const activeAtMs = tick(10 * minute);
  const firedAtMs = activeAtMs + 2 * minute;
  const endedAtMs = tick(20 * minute);
  expect(result.rules).toMatchObject([
    {
      ...{ name: 'Down', group: 'a', file: 'rules.yml', line: 1, pending: 1, fired: 1, resolved: 1 },
      alerts: [
        {
          labels: { alertname: 'Down', instance: 'x', severity: 'page' },
          episodes: [{ activeAtMs, firedAtMs, endedAtMs }],
        },
      ],
      notifications: 2,
    },
  ]);
  expect(result.notifications).toMatchObject({
    total: 2,
    more: 0,
    byReceiver: [{ receiver: 'team', integration: 'slack', total: 2, firing: 1, resolved: 1 }],
    sent: [
      { atMs: firedAtMs + 30_000, status: 'firing', reason: 'first notification', alertnames: ['Down'] },
      { status: 'resolved', reason: 'all alerts resolved', alerts: 1, groupLabels: { alertname: 'Down' } },
    ],
  });
  // Told at the next turn of the group, which comes every 5 minutes from its first.
  const [first, second] = result.notifications.sent;
  expect(((second?.atMs ?? 0) - (first?.atMs ?? 0)) % (5 * minute)).toBe(0);
  expect((second?.atMs ?? 0) - endedAtMs).toBeLessThan(5 * minute);
});

it('knows what was active before the beginning, and does not count what was sent then', async () => {
  const result = await backtest({
    rules: down,
    data: [up('x', 10 * 3_600_000, () => 0)],
    fromMs: 5 * 3_600_000,
    toMs: 10 * 3_600_000,
  });
  expect(result.rules[0]).toMatchObject({ pending: 0, fired: 0, resolved: 0 });
  const [alert] = result.rules[0]?.alerts ?? [];
  expect(alert?.episodes).toHaveLength(1);
  expect(alert?.episodes[0]?.firedAtMs).toBeLessThan(start + 5 * 3_600_000);
  expect(alert?.episodes[0]).not.toHaveProperty('endedAtMs');
  expect(result.notifications.sent.map(({ reason }) => reason)).toEqual(['repeat interval elapsed']);
});

it('repeats, inhibits and routes as the configuration says', async () => {
  const rules = `groups:
  - name: a
    rules:
      - { alert: Down, expr: up == 0, labels: { severity: page } }
      - { alert: Slow, expr: up == 0, labels: { severity: low } }
      - { alert: Other, expr: up == 0, labels: { severity: low, team: b } }
`;
  const alertmanager = `
route:
  { receiver: a, group_wait: 0s, group_interval: 1m, repeat_interval: 1h, routes: [{ receiver: b, matchers: [team=b] }] }
inhibit_rules: [{ source_matchers: [alertname=Down], target_matchers: [alertname=Slow], equal: [instance] }]
receivers:
  - { name: a, webhook_configs: [{ url: "http://127.0.0.1:1/" }] }
  - { name: b, email_configs: [{ to: b@example.com, from: a@example.com, smarthost: "127.0.0.1:1" }] }
`;
  const result = await backtest({
    ...{ rules, alertmanager, fromMs: 0, toMs: 4 * 60 * minute },
    data: [up('x', 4 * 3_600_000, () => 0)],
  });
  const told = (name: string) => result.rules.find((rule) => rule.name === name)?.notifications;
  expect([told('Down'), told('Slow'), told('Other')]).toEqual([4, 0, 4]);
  expect(
    result.notifications.byReceiver.map(({ receiver, integration, total }) => [receiver, integration, total]),
  ).toEqual(
    expect.arrayContaining([
      ['a', 'webhook', 4],
      ['b', 'email', 4],
    ]),
  );
});

it('reads what recording rules under test would have written, not what is stored of them, in any order of the file', async () => {
  const rules = `groups:
  - name: a
    rules:
      - { alert: Many, expr: job:errors:sum > 5 }
      - { alert: Page, expr: 'ALERTS{alertname="Many",alertstate="firing"} == 1' }
      - { record: job:errors:sum, expr: sum(errors) }
`;
  const errors = (at: number) => (at >= 60 * minute && at < 70 * minute ? 4 : 0);
  const result = await backtest({
    ...{ rules, fromMs: 0, toMs: 2 * 60 * minute },
    data: [
      series({ [metricName]: 'errors', pod: 'a' }, 7_200_000, errors),
      series({ [metricName]: 'errors', pod: 'b' }, 7_200_000, errors),
      series({ [metricName]: 'job:errors:sum' }, 7_200_000, () => 100),
    ],
  });
  const episode = { activeAtMs: tick(60 * minute), endedAtMs: tick(70 * minute) };
  expect(result.rules).toMatchObject([
    { name: 'Many', fired: 1, alerts: [{ episodes: [episode] }] },
    { name: 'Page', fired: 1, alerts: [{ episodes: [episode] }] },
  ]);
  expect(result.warnings).toEqual([]);
});

it('asks in halves when a query would hold too many samples, with the same answer', async () => {
  const tried: Tried = {
    rules: down,
    data: Array.from({ length: 20 }, (_, i) =>
      up(String(i), 7_200_000, (at) => (at % (20 * minute) < 8 * minute ? 0 : 1)),
    ),
    ...{ fromMs: 30 * minute, toMs: 100 * minute },
  };
  const small = await backtest({ ...tried, engine: new Engine({ maxSamples: 600 }) });
  expect(small.rules[0]).toMatchObject({ problem: '', fired: 60 });
  expect(small.rules).toEqual((await backtest(tried)).rules);
});

it('says which rule could not be evaluated, and goes on with the others', async () => {
  const rules = `groups:
  - name: a
    rules:
      - { alert: Twice, expr: 'label_replace(up, "instance", "same", "", "") == 0' }
      - { alert: Down, expr: up == 0 }
`;
  const data = ['x', 'y'].map((name) => up(name, 3_600_000, () => 0));
  const result = await backtest({ rules, data, fromMs: 0, toMs: 30 * minute });
  expect(result.rules[0]?.problem).toMatch(/same labelset/);
  expect(result.rules[1]).toMatchObject({ name: 'Down', fired: 2, problem: '' });
});

it('tells how far it is, and stops when it is told to', async () => {
  const stop = new AbortController();
  const seen: number[] = [];
  const tried: Tried = {
    rules: down,
    data: [up('x', 86_400_000, () => 1)],
    fromMs: 0,
    toMs: 24 * 60 * minute,
  };
  await backtest({ ...tried, progress: ({ done }) => void seen.push(done) });
  expect(seen.length).toBeGreaterThan(10);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect(seen.at(-1)).toBe(1);
  const stopped = backtest({ ...tried, signal: stop.signal, progress: () => stop.abort() });
  await expect(stopped).rejects.toThrow(/abort/i);
});

it('finds the transitions that the rules at work make of the same samples', async () => {
  const hours = 3;
  const pattern = fc.array(fc.boolean(), { minLength: hours * 12, maxLength: hours * 12 });
  await fc.assert(
    fc.asyncProperty(
      pattern,
      pattern,
      fc.constantFrom('0s', '1m', '6m'),
      fc.constantFrom('0s', '7m'),
      async (a, b, wait, keep) => {
        // Well at the beginning, so that neither starts in the midst of an alert.
        const of = (bits: boolean[]) => (at: number) =>
          at > 10 * minute && bits[Math.floor(at / (5 * minute))] ? 0 : 1;
        const data = [up('a', hours * 3_600_000, of(a)), up('b', hours * 3_600_000, of(b))];
        const rules = `groups: [{ name: a, rules: [{ alert: Down, expr: up == 0, for: ${wait}, keep_firing_for: ${keep} }] }]`;
        const result = await backtest({ rules, data, fromMs: 0, toMs: hours * 60 * minute });
        const episodes = result.rules[0]?.alerts.flatMap(({ labels, episodes: all }) =>
          all.flatMap(({ firedAtMs, endedAtMs }) => [
            ...(firedAtMs === undefined ? [] : [`${labels['instance']} firing ${firedAtMs}`]),
            ...(firedAtMs === undefined || endedAtMs === undefined
              ? []
              : [`${labels['instance']} resolved ${endedAtMs}`]),
          ]),
        );
        expect(episodes?.toSorted()).toEqual((await atWork(rules, data, hours * 3_600_000)).toSorted());
      },
    ),
    { numRuns: 15 },
  );
});

/** What the rule manager does in virtual time. */
async function atWork(rules: string, data: readonly MixedSamples[], lengthMs: number): Promise<string[]> {
  const clock = new VirtualClock(start);
  const seen: string[] = [];
  const manager = new RuleManager({
    ...{ clock, log: silentLogger, evaluate: evaluateWith(engine), store: new MemorySeries(data) },
    ...{ append: () => {}, send: () => {}, externalURL: '', evaluationIntervalMs: minute },
    ledger: ({ decision, detail }) => {
      const { labels, evaluatedAtMs } = detail as { labels: Labels; evaluatedAtMs: number };
      if (decision === 'firing' || decision === 'resolved')
        seen.push(`${labels['instance']} ${decision} ${evaluatedAtMs}`);
    },
  });
  manager.load([parseRuleFile(rules, 'rules.yml')]);
  const stop = new AbortController();
  const running = manager.run(stop.signal);
  await clock.advance(lengthMs - 1);
  stop.abort();
  await running;
  return seen;
}
