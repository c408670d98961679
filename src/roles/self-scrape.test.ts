import { expect, it, vi } from 'vitest';
import { VirtualClock } from '../kit/clock.ts';
import { silentLogger } from '../log/logger.ts';
import { formatLabels, type Labels } from '../model/labels.ts';
import { Turns } from '../promql/turns.ts';
import { pause, Registry } from '../telemetry/registry.ts';
import { SelfScrape } from './self-scrape.ts';

function scrape(fails = false, turns = new Turns({ now: () => 0 })) {
  const clock = new VirtualClock(1000);
  const registry = new Registry();
  const written: string[] = [];
  const namespaces = new Set(['a', 'b']);
  registry.collector(() => [
    {
      name: 'x',
      help: '',
      type: 'gauge',
      samples: [...namespaces].map((namespace) => ({ name: 'x', labels: { namespace }, value: 1 })),
    },
  ]);
  const self = new SelfScrape({
    clock,
    log: silentLogger,
    registry,
    intervalMs: 15_000,
    turns,
    before: () => {
      if (fails && clock.now() === 1000) throw new Error('database away');
    },
    store: {
      append(batch: readonly { labels: Labels; atMs: number; value: number | 'stale' }[]) {
        for (const { labels, atMs, value } of batch)
          written.push(`${formatLabels(labels)} ${value} @${atMs}`);
        return { appended: batch.length, outOfOrder: 0, duplicate: 0, tooOld: 0, overLimit: 0, invalid: 0 };
      },
    },
  });
  return { clock, self, registry, written, namespaces };
}

it('writes every series, ends those that are gone once, and takes them up again', async () => {
  const { clock, self, written, namespaces } = scrape();
  await self.round();
  namespaces.delete('a');
  for (const change of [() => undefined, () => undefined, () => namespaces.add('a')]) {
    change();
    await clock.advance(15_000);
    await self.round();
  }
  expect(written).toEqual([
    'x{namespace="a"} 1 @1000',
    'x{namespace="b"} 1 @1000',
    'x{namespace="b"} 1 @16000',
    'x{namespace="a"} stale @16000',
    'x{namespace="b"} 1 @31000',
    'x{namespace="b"} 1 @46000',
    'x{namespace="a"} 1 @46000',
  ]);
});

it('goes on at its pace after a round that failed', async () => {
  const { clock, self, written } = scrape(true);
  const stop = new AbortController();
  const running = self.run(stop.signal);
  // Its timer is set some turns of the loop after a round has ended.
  const passed = async () => {
    await clock.advance(15_000);
    expect(written.length).toBeGreaterThan(3);
  };
  await vi.waitFor(passed, { timeout: 15_000, interval: 5 });
  stop.abort();
  await running;
  expect(new Set(written.map((line) => line.split('@')[0]))).toEqual(
    new Set(['x{namespace="a"} 1 ', 'x{namespace="b"} 1 ']),
  );
});

it('lets other work go first when its slice is spent', async () => {
  let now = 0;
  const given: number[] = [];
  const turns = new Turns({
    now: () => ++now * 20,
    giveWay: async () => void given.push(written.length),
  });
  const { self, registry, written } = scrape(false, turns);
  registry.collector(function* () {
    for (const name of ['y', 'z']) {
      yield { name, help: '', type: 'gauge', samples: [{ name, labels: {}, value: 1 }] };
    }
  });
  await Promise.all([self.round(), self.round()]);
  expect(written.slice(0, 4)).toEqual([
    'x{namespace="a"} 1 @1000',
    'x{namespace="b"} 1 @1000',
    'y 1 @1000',
    'z 1 @1000',
  ]);
  expect(written).toHaveLength(8);
  expect(given.length).toBeGreaterThan(4);
});

it('lets other work go first in the midst of a family that takes long, of which nothing is told', async () => {
  let now = 0;
  let seen = 0;
  const given: number[] = [];
  const turns = new Turns({ now: () => ++now * 20, giveWay: async () => void given.push(seen) });
  const { self, registry, written } = scrape(false, turns);
  registry.collector(function* () {
    for (; seen < 3; seen++) yield pause;
    yield { name: 'y', help: '', type: 'gauge', samples: [{ name: 'y', labels: {}, value: seen }] };
  });
  await self.round();
  expect(written.at(-1)).toBe('y 3 @1000');
  expect(given).toEqual(expect.arrayContaining([0, 1, 2]));
  expect(registry.gather().map(({ name }) => name)).toEqual(['x', 'y']);
});
