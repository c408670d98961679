import { expect, it, onTestFinished } from 'vitest';
import { VirtualClock } from '../kit/clock.ts';
import { silentLogger } from '../log/logger.ts';
import type { Alert } from '../model/alert.ts';
import { Engine } from '../promql/engine.ts';
import { TimeSeriesStore } from '../tsdb/store.ts';
import { evaluateWith } from './evaluate.ts';
import { nextTickMs } from './group-ticks.ts';
import { parseRuleFile } from './rule-file.ts';
import { RuleManager } from './rule-manager.ts';

const minute = 60_000;
const startMs = 1_700_000_000_000;

/** A manager over a real store, in virtual time, with `load{pod}` of a and b, which is the minute since the start. */
async function run(rules: string, minutes: number) {
  const clock = new VirtualClock(startMs);
  const store = new TimeSeriesStore({ clock, log: silentLogger });
  const sent: Alert[] = [];
  const manager = new RuleManager({
    ...{
      clock,
      log: silentLogger,
      evaluate: evaluateWith(new Engine()),
      store,
      externalURL: 'http://skopos.test',
    },
    append: (batch) => store.append(batch),
    send: (alerts) => sent.push(...alerts),
    ledger: () => {},
    evaluationIntervalMs: minute,
  });
  manager.load([parseRuleFile(rules, 'r.yaml')]);
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  void manager.run(stop.signal);
  for (let i = 0; i < minutes; i++) {
    for (const pod of ['a', 'b'])
      store.append([{ labels: { __name__: 'load', pod }, atMs: clock.now(), value: i }]);
    await clock.advance(minute);
  }
  const select = (name: string) =>
    [
      ...store.select({
        matchers: [{ name: '__name__', op: '=', value: name }],
        fromMs: 0,
        toMs: Number.MAX_SAFE_INTEGER,
      }),
    ].map(({ labels, timesMs, values }) => ({ labels, timesMs: [...timesMs], values: [...values] }));
  return { manager, sent, select, clock };
}

it('reads, and writes, so much before the time of the evaluation as query_offset says', async () => {
  const { select } = await run(
    'groups: [{ name: g, query_offset: 5m, rules: [{ record: late, expr: sum(load) }, { alert: High, expr: load > 3 }] }]',
    20,
  );
  const [late] = select('late');
  const tickMs = nextTickMs({ file: 'r.yaml', name: 'g', intervalMs: minute }, startMs + 10 * minute);
  const at = late?.timesMs.indexOf(tickMs - 5 * minute) ?? -1;
  // Of five minutes ago: two pods at minute 5 or 6, by where the tick stands within its minute.
  expect(late?.values[at]).toBe(2 * Math.floor((tickMs - 5 * minute - startMs) / minute));
  expect(Math.max(...(select('ALERTS')[0]?.timesMs ?? []))).toBeLessThanOrEqual(startMs + 15 * minute);
});

it('is evaluated on the interval of its group', async () => {
  const { select } = await run(
    'groups: [{ name: g, interval: 4m, rules: [{ record: slow, expr: sum(load) }] }, { name: h, rules: [{ record: quick, expr: sum(load) }] }]',
    20,
  );
  const gaps = (name: string) => {
    const times = select(name)[0]?.timesMs ?? [];
    return new Set(times.slice(2).map((atMs, i) => atMs - (times[i + 1] ?? 0)));
  };
  expect(gaps('slow')).toEqual(new Set([4 * minute]));
  expect(gaps('quick')).toEqual(new Set([minute]));
});

it('writes nothing of a rule that gives more than the limit of its group, and says so', async () => {
  const { manager, select, sent } = await run(
    'groups: [{ name: g, limit: 1, rules: [{ record: both, expr: load }, { record: one, expr: sum(load) }, { alert: A, expr: load > 1 }] }]',
    5,
  );
  expect(select('both')).toEqual([]);
  expect(select('one')).toHaveLength(1);
  expect(sent).toEqual([]);
  const [group] = manager.groups();
  expect(group?.rules.map(({ health }) => health)).toEqual(['err', 'ok', 'err']);
  expect(group?.rules[0]?.lastError).toMatch(/exceeded limit of 1 with 2 series/);
  expect(group?.rules[2]?.lastError).toMatch(/exceeded limit of 1 with 2 alerts/);
});

it("adds a group's labels to series and alerts; a rule's own win", async () => {
  const { select, sent } = await run(
    `groups:
  - name: g
    labels: { team: shop, tier: '1' }
    rules:
      - { record: all, expr: sum(load), labels: { tier: '2' } }
      - { alert: High, expr: sum(load) > 1, labels: { team: core } }
`,
    5,
  );
  expect(select('all')[0]?.labels).toEqual({ __name__: 'all', team: 'shop', tier: '2' });
  expect(sent[0]?.labels).toEqual({ alertname: 'High', team: 'core', tier: '1' });
});
