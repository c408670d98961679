import { expect, it } from 'vitest';
import { systemClock, VirtualClock } from '../../kit/clock.ts';
import { gauge } from './build-family.ts';
import { NoDataError, type NodeCollector } from './collector.ts';
import { CollectorSet } from './collector-set.ts';
import { contextOf, seriesOf } from './testing.ts';

const never = new AbortController().signal;
const all = (): boolean => true;

function setOf(collectors: readonly NodeCollector[], clock = systemClock) {
  const { roots, log, warnings } = contextOf({});
  return { warnings, set: new CollectorSet({ collectors, clock, roots, log, timeLimitMs: 1000 }) };
}

const good: NodeCollector = { name: 'good', collect: () => [gauge('a', 'A.').add(1)] };

it('tells what the others have when one fails, and says which one failed', async () => {
  const bad: NodeCollector = {
    name: 'bad',
    collect: () => {
      throw new Error('unknown shape');
    },
  };
  const none: NodeCollector = {
    name: 'none',
    collect: () => Promise.reject(new NoDataError('no such device')),
  };
  const { set, warnings } = setOf([bad, good, none]);
  const series = seriesOf(await set.gather(all, never));
  expect(series).toMatchObject({
    'a{}': 1,
    'node_scrape_collector_success{collector="bad"}': 0,
    'node_scrape_collector_success{collector="good"}': 1,
    'node_scrape_collector_success{collector="none"}': 0,
  });
  expect(series['node_scrape_collector_duration_seconds{collector="bad"}']).toBeGreaterThanOrEqual(0);
  // What is not there on this machine is nothing to warn about.
  expect(warnings).toEqual([{ collector: 'bad', error: 'unknown shape' }]);
});

it('goes on without a collector that does not end, and tells it to stop', async () => {
  const clock = new VirtualClock();
  let signal: AbortSignal | undefined;
  const stuck: NodeCollector = {
    name: 'stuck',
    collect: (context) => {
      signal = context.signal;
      return new Promise(() => {});
    },
  };
  const { set, warnings } = setOf([stuck, good], clock);
  const gathered = set.gather(all, never);
  while (signal === undefined) await new Promise((resolve) => setImmediate(resolve));
  await clock.advance(1000);
  expect(seriesOf(await gathered)).toMatchObject({
    'a{}': 1,
    'node_scrape_collector_success{collector="stuck"}': 0,
  });
  expect(signal.aborted).toBe(true);
  expect(warnings).toEqual([{ collector: 'stuck', error: 'took longer than 1000 ms' }]);
});

it('asks only those that are wanted, and tells each series once', async () => {
  const again: NodeCollector = {
    name: 'again',
    collect: () => [gauge('a', 'Other.').add(7).add(8, { of: 'again' })],
  };
  const { set, warnings } = setOf([good, again]);
  expect(seriesOf(await set.gather((name) => name === 'good', never))).not.toHaveProperty([
    'node_scrape_collector_success{collector="again"}',
  ]);
  expect(seriesOf(await set.gather(all, never))).toMatchObject({ 'a{}': 1, 'a{of="again"}': 8 });
  expect(warnings).toEqual([{ series: 'a', labels: {} }]);
});
