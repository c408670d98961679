import { expect, it, onTestFinished } from 'vitest';
import { VirtualClock } from '../kit/clock.ts';
import { silentLogger } from '../log/logger.ts';
import type { Alert } from '../model/alert.ts';
import type { Labels } from '../model/labels.ts';
import type { LedgerEntry } from '../model/ledger.ts';
import { isStaleAt } from '../model/sample.ts';
import { Engine } from '../promql/engine.ts';
import { TimeSeriesStore } from '../tsdb/store.ts';
import { type Evaluate, evaluateWith } from './evaluate.ts';
import { parseRuleFile } from './rule-file.ts';
import { RuleManager, type RuleManagerOptions } from './rule-manager.ts';

const startMs = 1_700_000_000_000;
const minute = 60_000;

const down = `
groups:
  - name: g
    rules:
      - alert: Down
        expr: up == 0
        annotations: { summary: '{{ $labels.instance }} is {{ $value }}' }
`;

/** A manager over a real store and engine, in virtual time. */
class Bench {
  readonly clock: VirtualClock;
  readonly store: TimeSeriesStore;
  readonly manager: RuleManager;
  readonly sent: Alert[] = [];
  readonly ledger: LedgerEntry[] = [];
  readonly evaluatedAtMs: number[] = [];

  constructor(rules: string, options: Partial<RuleManagerOptions> = {}, before?: Bench) {
    this.clock = before?.clock ?? new VirtualClock(startMs);
    this.store = before?.store ?? new TimeSeriesStore({ clock: this.clock, log: silentLogger });
    const evaluate = evaluateWith(new Engine());
    this.manager = new RuleManager({
      clock: this.clock,
      log: silentLogger,
      evaluate: (...call: Parameters<Evaluate>) => {
        this.evaluatedAtMs.push(call[2]);
        return evaluate(...call);
      },
      store: this.store,
      append: (batch) => this.store.append(batch),
      send: (alerts) => this.sent.push(...alerts),
      ledger: (entry) => this.ledger.push(entry),
      externalURL: 'http://skopos.test',
      ...options,
    });
    this.load(rules);
    const stop = new AbortController();
    void this.manager.run(stop.signal);
    onTestFinished(() => stop.abort());
  }

  load(rules: string): void {
    this.manager.load([parseRuleFile(rules, 'r.yaml')]);
  }

  put(labels: Labels, value: number | 'stale'): void {
    this.store.append([{ labels, atMs: this.clock.now(), value }]);
  }

  /** Writes a sample because of an event. */
  change(labels: Labels, value: number | 'stale', cause: string): void {
    this.put(labels, value);
    this.manager.inputsChanged([labels], cause);
  }

  decisions(): string[] {
    return this.ledger.map(({ decision, cause }) => `${decision} ${cause}`);
  }
}

const up = (instance: string): Labels => ({ __name__: 'up', instance });

it('evaluates at once when an input changed, and passes the cause on', async () => {
  const bench = new Bench(down, { externalLabels: { cluster: 'c' } });
  await bench.clock.advance(1000);
  bench.change(up('a'), 0, 'c1');
  await bench.clock.advance(1);
  expect(bench.sent).toEqual([
    {
      labels: { cluster: 'c', alertname: 'Down', instance: 'a' },
      annotations: { summary: 'a is 0' },
      startsAtMs: startMs + 1000,
      endsAtMs: startMs + 1000 + 4 * minute,
      updatedAtMs: startMs + 1000,
      generatorURL: 'http://skopos.test/graph?g0.expr=up+%3D%3D+0&g0.tab=1',
      cause: 'c1',
    },
  ]);
  expect(bench.ledger).toMatchObject([
    { cause: 'c1', hop: 'rule', subject: 'rule:g/Down', decision: 'firing', detail: { value: '0' } },
  ]);
  bench.change(up('a'), 1, 'c2');
  await bench.clock.advance(50);
  expect(bench.sent[1]).toMatchObject({ cause: 'c2', startsAtMs: startMs + 1000 });
  expect(bench.sent[1]?.endsAtMs).toBeLessThanOrEqual(bench.clock.now());
  expect(bench.decisions()).toEqual(['firing c1', 'resolved c2']);
});

it('gathers changes that follow within 50 ms into one evaluation', async () => {
  const bench = new Bench(down);
  await bench.clock.advance(1000);
  bench.evaluatedAtMs.length = 0;
  for (let i = 0; i < 40; i++) {
    bench.change(up(String(i)), 0, `c${i}`);
    await bench.clock.advance(1);
  }
  await bench.clock.advance(100);
  expect(bench.evaluatedAtMs).toEqual([startMs + 1000, startMs + 1050]);
  expect(bench.sent).toHaveLength(40);
  expect(bench.sent.every(({ labels, cause }) => cause === `c${labels['instance']}`)).toBe(true);
});

it('leaves alone groups that do not read what changed', async () => {
  const bench = new Bench(down.replace('up == 0', 'up{job=~"a|b"} == 0'));
  await bench.clock.advance(1000);
  bench.evaluatedAtMs.length = 0;
  bench.change({ __name__: 'down', job: 'a' }, 0, 'c');
  bench.change({ __name__: 'up', job: 'c' }, 0, 'c');
  await bench.clock.advance(100);
  expect(bench.evaluatedAtMs).toEqual([]);
  bench.change({ __name__: 'up', job: 'b' }, 0, 'c');
  await bench.clock.advance(1);
  expect(bench.evaluatedAtMs).toHaveLength(1);
});

it('sees on its interval what nobody told it of', async () => {
  const bench = new Bench(down);
  await bench.clock.advance(1000);
  bench.put(up('a'), 0);
  await bench.clock.advance(minute);
  expect(bench.sent).toHaveLength(1);
  const [first = 0, second = 0, third = 0] = bench.evaluatedAtMs;
  expect(first).toBe(startMs);
  await bench.clock.advance(10 * minute);
  expect(bench.evaluatedAtMs).toHaveLength(12);
  // Moments are the same for every start of the group.
  expect(second % minute).toBe((third || second) % minute);
});

it('fires when for ends, not at the interval after it', async () => {
  const bench = new Bench(down.replace('expr:', 'for: 90s\n        expr:'));
  await bench.clock.advance(1234);
  bench.change(up('a'), 0, 'c1');
  await bench.clock.advance(89_999);
  expect(bench.sent).toEqual([]);
  await bench.clock.advance(1);
  expect(bench.sent).toMatchObject([{ startsAtMs: startMs + 1234 + 90_000, cause: 'c1' }]);
  expect(bench.decisions()).toEqual(['pending c1', 'firing c1']);
});

it('stops firing when keep_firing_for ends', async () => {
  const bench = new Bench(down.replace('expr:', 'keep_firing_for: 70s\n        expr:'));
  await bench.clock.advance(10);
  bench.change(up('a'), 0, 'c1');
  await bench.clock.advance(990);
  bench.change(up('a'), 1, 'c2');
  await bench.clock.advance(69_999);
  expect(bench.manager.alerts()).toMatchObject([{ state: 'firing', keepFiringSinceMs: startMs + 1000 }]);
  await bench.clock.advance(1);
  expect(bench.manager.alerts()).toEqual([]);
});

it('sends again while it fires, and each time for longer', async () => {
  const bench = new Bench(down.replace('rules:', 'interval: 15s\n    rules:'));
  bench.change(up('a'), 0, 'c1');
  for (let i = 0; i < 20; i++) {
    await bench.clock.advance(15_000);
    bench.put(up('a'), 0);
  }
  const times = bench.sent.map(({ updatedAtMs }) => updatedAtMs);
  // More than a minute apart, so every fifth evaluation after the second.
  expect(times.length).toBeGreaterThanOrEqual(4);
  expect(times.every((ms, i) => i === 0 || ms - (times[i - 1] ?? 0) > minute)).toBe(true);
  expect(bench.sent.every(({ endsAtMs, updatedAtMs }) => endsAtMs === updatedAtMs + 4 * minute)).toBe(true);
});

it('writes ALERTS with staleness, at times that rise', async () => {
  const bench = new Bench(down.replace('expr:', 'for: 1s\n        expr:'));
  bench.change(up('a'), 0, 'c1');
  await bench.clock.advance(2000);
  bench.change(up('a'), 1, 'c2');
  await bench.clock.advance(1000);
  const states = [
    ...bench.store.select({
      matchers: [{ name: '__name__', op: '=', value: 'ALERTS' }],
      fromMs: 0,
      toMs: bench.clock.now(),
    }),
  ];
  const read = states.map(({ labels, values }) => [
    labels['alertstate'],
    [...values].map((value, i) => (isStaleAt(values, i) ? 'stale' : value)),
  ]);
  expect(Object.fromEntries(read)).toEqual({
    pending: expect.arrayContaining([1, 'stale']),
    firing: [1, 'stale'],
  });
  expect(bench.store.stats().refused).toEqual({
    outOfOrder: 0,
    duplicate: 0,
    tooOld: 0,
    overLimit: 0,
    invalid: 0,
  });
});

it('keeps the state of rules over a reload, and marks stale what is no longer written', async () => {
  const bench = new Bench(`${down}      - record: ups\n        expr: count(up)\n`);
  bench.change(up('a'), 0, 'c1');
  await bench.clock.advance(10);
  bench.load(down.replace('is {{ $value }}', 'is down'));
  expect(bench.manager.alerts()).toMatchObject([{ state: 'firing', labels: { instance: 'a' } }]);
  await bench.clock.advance(10);
  expect(bench.decisions()).toEqual(['firing c1']);
  expect(bench.manager.alerts()).toMatchObject([{ annotations: { summary: 'a is down' } }]);
  const [ups] = bench.store.select({
    matchers: [{ name: '__name__', op: '=', value: 'ups' }],
    fromMs: 0,
    toMs: bench.clock.now(),
  });
  expect(ups !== undefined && isStaleAt(ups.values, ups.values.length - 1)).toBe(true);
});

it.each([
  ['an alert that fired', 25, 5, 0],
  ['one that had more to wait than the grace period', 5, 5, 15 * minute],
  ['one that had less to wait than the grace period', 15, 5, 10 * minute],
  ['one from before an outage too long', 5, 70, 20 * minute],
])('goes on after a restart with %s', async (_, upMinutes, outMinutes, waitMs) => {
  const rules = down.replace('expr:', 'for: 20m\n        expr:');
  const before = new Bench(down);
  const forState = { __name__: 'ALERTS_FOR_STATE', alertname: 'Down', instance: 'a' };
  // What a killed process leaves: no staleness markers.
  await before.clock.advance(upMinutes * minute);
  before.put(forState, startMs / 1000);
  await before.clock.advance(outMinutes * minute);
  const after = new Bench(rules, {}, before);
  const restartMs = after.clock.now();
  after.change(up('a'), 0, 'c2');
  for (let ms = 0; ms < 30 * minute; ms += minute) {
    await after.clock.advance(minute);
    after.put(up('a'), 0);
  }
  expect(Math.abs((after.sent[0]?.startsAtMs ?? 0) - restartMs - waitMs)).toBeLessThan(100);
});

it('reports a rule that fails and goes on with the others', async () => {
  const bench = new Bench(`
groups:
  - name: g
    rules:
      - record: twice
        expr: label_replace(up, "instance", "x", "instance", ".*")
      - alert: Down
        expr: up == 0
        labels: { team: '{{ template "none" }}' }
`);
  bench.put(up('a'), 0);
  bench.put(up('b'), 0);
  await bench.clock.advance(10);
  const [first, second] = bench.manager.groups()[0]?.rules ?? [];
  expect(first).toMatchObject({ health: 'err', lastError: expect.stringMatching(/same labelset/) });
  expect(second).toMatchObject({ health: 'ok', state: 'firing' });
  expect(bench.sent[0]?.labels['team']).toMatch(/^<error expanding template: .*none/);
});

it('follows a change through recorded series into other groups', async () => {
  const bench = new Bench(`
groups:
  - name: record
    rules: [{ record: 'job:down:count', expr: 'count by (job) (up == 0)' }]
  - name: alert
    rules: [{ alert: ManyDown, expr: 'job:down:count > 1' }]
`);
  await bench.clock.advance(1000);
  bench.change({ __name__: 'up', job: 'x', instance: 'a' }, 0, 'c1');
  await bench.clock.advance(500);
  bench.change({ __name__: 'up', job: 'x', instance: 'b' }, 0, 'c2');
  await bench.clock.advance(60);
  expect(bench.sent).toMatchObject([{ labels: { alertname: 'ManyDown', job: 'x' }, cause: 'c2' }]);
});

it('counts the intervals that it missed, and does not make up for them', async () => {
  const virtual = new VirtualClock(startMs);
  let lagMs = 0;
  const clock = {
    now: () => virtual.now() + lagMs,
    timer: (delayMs: number, callback: () => void) => virtual.timer(delayMs, callback),
  };
  const bench = new Bench(down, { clock });
  await virtual.advance(1);
  bench.evaluatedAtMs.length = 0;
  // The process hung for two and a half minutes while the timer was due.
  lagMs = 150_000;
  await virtual.advance(minute);
  expect(bench.manager.groups()[0]?.missed).toBe(2);
  expect(bench.evaluatedAtMs.length).toBeLessThanOrEqual(2);
});

it('names a cause of its own where no event is known, the same along the chain', async () => {
  const bench = new Bench(`
groups:
  - name: record
    rules: [{ record: downs, expr: 'count(up == 0)' }]
  - name: alert
    rules: [{ alert: SomeDown, expr: 'downs > 0' }]
`);
  bench.put(up('a'), 0);
  await bench.clock.advance(200);
  expect(bench.sent).toHaveLength(1);
  expect(bench.sent[0]?.cause).toMatch(/^c[a-z0-9]+-/);
  expect(bench.ledger[0]?.cause).toBe(bench.sent[0]?.cause);
});

it('resolves what an alert had fired when it is turned off, and finds nothing while it is', async () => {
  const bench = new Bench(down);
  const [file] = [parseRuleFile(down, 'r.yaml')];
  bench.store.append([{ labels: { __name__: 'up', instance: 'a' }, atMs: startMs, value: 0 }]);
  await bench.clock.advance(1);
  expect(bench.manager.alerts()).toHaveLength(1);
  const groups = file.groups.map((group) => ({
    ...group,
    rules: group.rules.map((rule) => (rule.kind === 'alerting' ? { ...rule, off: 'not here' } : rule)),
  }));
  bench.manager.load([{ ...file, groups }]);
  await bench.clock.advance(minute);
  expect(bench.manager.alerts()).toEqual([]);
  expect(bench.sent.at(-1)?.endsAtMs).toBeLessThan(startMs + minute);
  expect(bench.manager.groups()[0]?.rules[0]).toMatchObject({ health: 'ok', spec: { off: 'not here' } });
});

it('is not woken by series that it reads with an offset: it could not see them yet', () => {
  const bench = new Bench(
    'groups: [{ name: g, rules: [{ record: a, expr: sum(x offset 15s) }, { record: b, expr: sum(y) }] }]',
  );
  expect(bench.manager.inputsChanged([{ __name__: 'x' }], 'c')).toBe(0);
  expect(bench.manager.inputsChanged([{ __name__: 'y' }], 'c')).toBe(1);
});
