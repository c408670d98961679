import { expect, it } from 'vitest';
import { VirtualClock } from '../kit/clock.ts';
import { silentLogger } from '../log/logger.ts';
import { formatLabels, type Labels } from '../model/labels.ts';
import { Registry } from '../telemetry/registry.ts';
import { SelfScrape } from './self-scrape.ts';

function scrape(fails = false) {
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
  return { clock, self, written, namespaces };
}

it('writes every series at its pace, ends those that are gone once, and takes them up again', async () => {
  const { clock, self, written, namespaces } = scrape();
  const stop = new AbortController();
  const running = self.run(stop.signal);
  namespaces.delete('a');
  await clock.advance(15_000);
  await clock.advance(15_000);
  namespaces.add('a');
  await clock.advance(15_000);
  stop.abort();
  await running;
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

it('goes on after a round that failed', async () => {
  const { clock, self, written } = scrape(true);
  const stop = new AbortController();
  const running = self.run(stop.signal);
  await clock.advance(15_000);
  stop.abort();
  await running;
  expect(written).toHaveLength(2);
});
