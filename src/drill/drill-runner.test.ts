import { expect, it } from 'vitest';
import { VirtualClock } from '../kit/clock.ts';
import { hops, type LedgerEntry } from '../model/ledger.ts';
import { drillNamespace } from './drill-object.ts';
import { DrillRunner } from './drill-runner.ts';

/** A chain that writes ledger rows for the hops given, 2 ms apart, after the object was put in. */
function chain(reached: readonly string[], receipt = 'delivered') {
  const clock = new VirtualClock(1_000_000);
  const listeners = new Set<(entry: LedgerEntry) => void>();
  const removed: string[] = [];
  const runner = new DrillRunner({
    clock,
    inject(object) {
      expect(object.metadata.namespace).toBe(drillNamespace);
      const write = (hop: string) => {
        const decision = hop === 'receipt' ? receipt : 'done';
        for (const listener of listeners)
          listener({ atMs: clock.now(), cause: 'c1', hop: hop as never, subject: '', decision, detail: {} });
      };
      if (reached.includes('change')) write('change');
      for (const [i, hop] of reached.entries()) if (hop !== 'change') clock.timer(2 * i, () => write(hop));
      return 'c1';
    },
    remove: (object) => void removed.push(object.metadata.name),
    watchLedger(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    receivers: () => ['slack', 'oncall'],
    wouldReach: () => ['oncall'],
    changed: () => {},
  });
  return { clock, runner, removed, listeners };
}

it('follows the finding through every hop to its receipt, and clears it away', async () => {
  const { clock, runner, removed, listeners } = chain(hops);
  const { id } = runner.start({ timeoutMs: 10_000 });
  expect(runner.get(id)?.state).toBe('running');
  await clock.advance(100);
  expect(runner.get(id)).toMatchObject({
    state: 'delivered',
    receiver: 'drill',
    wouldReach: ['oncall'],
    problem: '',
  });
  expect(runner.get(id)?.hops.map(({ afterMs }) => afterMs)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16]);
  expect(removed).toEqual([`drill-${id}`]);
  expect(listeners.size).toBe(0);
});

it('says after which hop it stopped, and what to look at', async () => {
  const { clock, runner, removed } = chain(['change', 'verdict', 'finding', 'series']);
  const { id } = runner.start({ timeoutMs: 5000 });
  await clock.advance(5000);
  expect(runner.get(id)).toMatchObject({ state: 'stopped' });
  expect(runner.get(id)?.problem).toMatch(/^stopped after "series": no "rule" within 5 s\. No rule fired/);
  expect(removed).toHaveLength(1);
});

it('ends at once when the receiver refuses for good', async () => {
  const { clock, runner } = chain(hops, 'failed');
  const { id } = runner.start({ timeoutMs: 5000, receiver: 'oncall' });
  await clock.advance(20);
  expect(runner.get(id)).toMatchObject({ state: 'stopped', receiver: 'oncall' });
  expect(runner.receiverOf(id)).toBe('oncall');
});

it('refuses a receiver that is not configured', () => {
  expect(() => chain(hops).runner.start({ timeoutMs: 1, receiver: 'oncal' })).toThrow(
    'did you mean "oncall"?',
  );
});

it('remembers a bounded number of drills, newest first', () => {
  const { runner } = chain([]);
  const ids = Array.from({ length: 60 }, () => runner.start({ timeoutMs: 1000 }).id);
  expect(runner.list().map(({ id }) => id)).toEqual(ids.reverse().slice(0, 50));
});
