import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { VirtualClock } from '../kit/clock.ts';
import { compileMatcher } from '../kit/compile-matcher.ts';
import { silentLogger } from '../log/logger.ts';
import { type Labels, labelsKey } from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';
import { isStaleAt } from '../model/sample.ts';
import { type StoreOptions, TimeSeriesStore } from './store.ts';

const startMs = 1_700_000_000_000;
const always = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };

function makeStore(options: Partial<StoreOptions> = {}): TimeSeriesStore {
  const store = new TimeSeriesStore({ clock: new VirtualClock(startMs), log: silentLogger, ...options });
  onTestFinished(() => store.close());
  return store;
}

function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'tsdb-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Everything in the store, as text. */
function dump(store: TimeSeriesStore, matchers: readonly Matcher[] = []): string[] {
  const lines: string[] = [];
  for (const { labels, timesMs, values } of store.select({ matchers, ...always })) {
    const samples = [...timesMs].map(
      (ms, i) => `${ms - startMs}:${isStaleAt(values, i) ? 'stale' : values[i]}`,
    );
    lines.push(`${labelsKey(labels)} ${samples.join(' ')}`);
  }
  return lines.sort();
}

const smallLabels = fc.record(
  {
    __name__: fc.constantFrom('a', 'b'),
    x: fc.constantFrom('', '1', '2', '33'),
    y: fc.constantFrom('1', '2'),
  },
  { requiredKeys: ['__name__'] },
);

const reading = fc.record({
  labels: smallLabels,
  atMs: fc.integer({ min: startMs, max: startMs + 30 }),
  value: fc.oneof(fc.double(), fc.constantFrom(0, 1), fc.constant('stale' as const)),
});

const matcher = fc.record({
  name: fc.constantFrom('__name__', 'x', 'y', 'nowhere'),
  op: fc.constantFrom('=', '!=', '=~', '!~'),
  value: fc.constantFrom('', '1', '2', 'a', 'b', '1|2', '.+', '.*', '[123]+', 'a|'),
}) as fc.Arbitrary<Matcher>;

it('answers any selection as a plain list of series would', () => {
  fc.assert(
    fc.property(
      fc.array(reading, { maxLength: 60 }),
      fc.array(matcher, { maxLength: 3 }),
      (batch, matchers) => {
        const store = makeStore();
        const naive = new Map<string, { labels: Labels; samples: Map<number, number | 'stale'> }>();
        for (const one of batch) {
          const labels = Object.fromEntries(Object.entries(one.labels).filter(([, value]) => value !== ''));
          const key = labelsKey(labels);
          const series = naive.get(key) ?? { labels, samples: new Map() };
          const newestMs = Math.max(...series.samples.keys());
          const isSame = one.atMs === newestMs && Object.is(series.samples.get(newestMs), one.value);
          const { appended } = store.append([one]);
          expect(appended).toBe(series.samples.size === 0 || one.atMs > newestMs || isSame ? 1 : 0);
          if (appended === 0) continue;
          naive.set(key, series);
          series.samples.set(one.atMs, one.value);
        }
        const wanted = [...naive.values()]
          .filter(({ labels }) => matchers.every((test) => compileMatcher(test)(labels[test.name] ?? '')))
          .map(({ labels, samples }) => {
            const texts = [...samples].map(([ms, value]) => `${ms - startMs}:${value}`);
            return `${labelsKey(labels)} ${texts.join(' ')}`;
          });
        expect(dump(store, matchers)).toEqual(wanted.sort());
      },
    ),
  );
});

it('reads long series over many chunks, cut to the time that is asked for', () => {
  const store = makeStore();
  for (let i = 0; i < 1000; i++)
    store.append([{ labels: { n: 'x' }, atMs: startMs + i * 15_000, value: Math.sin(i) }]);
  const [series] = store.select({ matchers: [], fromMs: startMs + 150_000, toMs: startMs + 900 * 15_000 });
  expect(series?.values).toEqual(Float64Array.from({ length: 891 }, (_, i) => Math.sin(i + 10)));
  expect(series?.timesMs[0]).toBe(startMs + 150_000);
  expect([...store.select({ matchers: [], fromMs: 0, toMs: startMs - 1 })]).toEqual([]);
});

it('refuses what is late, doubled, too old or no sample, and counts each', () => {
  const store = makeStore({ retentionMs: 1000 });
  const labels = { __name__: 'up' };
  const result = store.append([
    { labels, atMs: startMs, value: 1 },
    { labels, atMs: startMs, value: 1 },
    { labels, atMs: startMs, value: 2 },
    { labels, atMs: startMs - 1, value: 1 },
    { labels, atMs: startMs - 1001, value: 1 },
    { labels: {}, atMs: startMs, value: 1 },
    { labels, atMs: Number.NaN, value: 1 },
  ]);
  expect(result).toEqual({ appended: 2, outOfOrder: 1, duplicate: 1, tooOld: 1, overLimit: 0, invalid: 2 });
  expect(store.stats().refused).toEqual({ outOfOrder: 1, duplicate: 1, tooOld: 1, overLimit: 0, invalid: 2 });
});

it('refuses new series over the limit and goes on with those it has', () => {
  const store = makeStore({ maxSeries: 2 });
  const batch = ['a', 'b', 'c'].map((name) => ({ labels: { name }, atMs: startMs, value: 1 }));
  expect(store.append(batch)).toMatchObject({ appended: 2, overLimit: 1 });
  expect(store.append(batch.map((one) => ({ ...one, atMs: startMs + 1 })))).toMatchObject({
    appended: 2,
    overLimit: 1,
  });
});

it('gives names, values and series', () => {
  const store = makeStore();
  store.append([
    { labels: { __name__: 'a', x: '1' }, atMs: startMs, value: 1 },
    { labels: { __name__: 'b', x: '2', y: '3' }, atMs: startMs, value: 1 },
  ]);
  const isA: Matcher[] = [{ name: '__name__', op: '=', value: 'a' }];
  const isX: Matcher[] = [{ name: 'x', op: '!=', value: '' }];
  expect(store.labelNames([], 0, startMs)).toEqual(['__name__', 'x', 'y']);
  expect(store.labelNames([isA], 0, startMs)).toEqual(['__name__', 'x']);
  expect(store.labelValues('x', [], 0, startMs)).toEqual(['1', '2']);
  expect(store.labelValues('x', [isA], 0, startMs)).toEqual(['1']);
  expect(store.series([isA, isX], 0, startMs)).toHaveLength(2);
  expect(store.series([isA, isX], 0, startMs - 1)).toEqual([]);
});

it('drops old samples, and series that have none left, and takes them up again', async () => {
  const clock = new VirtualClock(startMs);
  const store = makeStore({ clock, retentionMs: 3_600_000 });
  const put = (name: string) => store.append([{ labels: { name }, atMs: clock.now(), value: 1 }]);
  for (let minute = 0; minute < 600; minute++) {
    put('always');
    put(minute < 300 ? 'first' : 'second');
    await clock.advance(60_000);
    if (minute % 50 === 0) await store.enforceRetention();
  }
  await store.enforceRetention();
  expect(store.stats().series).toBe(2);
  expect(store.labelValues('name', [], 0, clock.now())).toEqual(['always', 'second']);
  const times = dump(store).map((line) => line.split(' ').length - 1);
  expect(times).toEqual([60, 60]);
  put('first');
  expect(dump(store, [{ name: 'name', op: '=', value: 'first' }])).toHaveLength(1);
});

it('is the same after a restart, markers included', () => {
  fc.assert(
    fc.property(fc.array(fc.array(reading, { maxLength: 10 }), { maxLength: 8 }), (batches) => {
      const dir = tempDir();
      const first = makeStore({ dir });
      for (const batch of batches) first.append(batch);
      // Not closed: what was acknowledged is with the operating system already.
      expect(dump(makeStore({ dir }))).toEqual(dump(first));
    }),
    { numRuns: 30 },
  );
});

it('keeps large records, which cross pages', () => {
  const dir = tempDir();
  const store = makeStore({ dir });
  const batch = Array.from({ length: 20_000 }, (_, i) => ({
    labels: { __name__: 'big', i: String(i), text: 'x'.repeat(100) },
    atMs: startMs,
    value: i / 3,
  }));
  expect(store.append(batch).appended).toBe(20_000);
  expect(dump(makeStore({ dir }))).toEqual(dump(store));
});

it.each([
  ['is cut short', (path: string, bytes: Buffer) => truncateSync(path, bytes.length - 3)],
  ['ends in noise', (path: string) => appendFileSync(path, 'noise, not a record')],
  [
    'has a wrong byte in its last record',
    (path: string, bytes: Buffer) => {
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      writeFileSync(path, bytes);
    },
  ],
])('starts when the log %s, and can go on from there', (how, harm) => {
  const dir = tempDir();
  const store = makeStore({ dir });
  for (let i = 0; i < 10; i++) store.append([{ labels: { n: 'x' }, atMs: startMs + i, value: i }]);
  const path = join(dir, 'wal/00000000');
  harm(path, readFileSync(path));
  const again = makeStore({ dir });
  const [series] = again.select({ matchers: [], ...always });
  expect(series?.values.length).toBe(how === 'ends in noise' ? 10 : 9);
  again.append([{ labels: { n: 'x' }, atMs: startMs + 100, value: 100 }]);
  const [third] = makeStore({ dir }).select({ matchers: [], ...always });
  expect(third?.values.at(-1)).toBe(100);
});

it('moves what is older than three hours to blocks, bounds the log by a checkpoint, and restarts from both', async () => {
  const dir = tempDir();
  const clock = new VirtualClock(startMs);
  const store = makeStore({ dir, clock });
  const everything: string[] = [];
  for (let minute = 0; minute < 14 * 60; minute++) {
    store.append([{ labels: { __name__: 'up', job: 'a' }, atMs: clock.now(), value: minute }]);
    everything.push(`${clock.now() - startMs}:${minute}`);
    await clock.advance(60_000);
    if (minute % 30 === 0) await store.enforceRetention();
  }
  await store.enforceRetention();
  const wal = readdirSync(join(dir, 'wal'));
  expect(wal.filter((name) => name.startsWith('checkpoint'))).toHaveLength(1);
  expect(wal.length).toBeLessThan(4);
  // Two-hour blocks have become larger ones where they fill six hours.
  expect(store.blocks().length).toBeGreaterThan(1);
  expect(Math.max(...store.blocks().map(({ level }) => level))).toBeGreaterThan(1);
  const key = labelsKey({ __name__: 'up', job: 'a' });
  expect(dump(store)).toEqual([`${key} ${everything.join(' ')}`]);
  expect(dump(makeStore({ dir, clock }))).toEqual(dump(store));
});

it('drops the oldest blocks when they are too old, or the directory too large', async () => {
  const dir = tempDir();
  const clock = new VirtualClock(startMs);
  const options = { dir, clock, retentionMs: 12 * 3_600_000 };
  const store = makeStore(options);
  for (let minute = 0; minute < 24 * 60; minute++) {
    const batch = Array.from({ length: 20 }, (_, i) => ({
      labels: { n: String(i) },
      atMs: clock.now(),
      value: Math.sin(minute * (i + 1)),
    }));
    store.append(batch);
    await clock.advance(60_000);
    if (minute % 30 === 0) await store.enforceRetention();
  }
  await store.enforceRetention();
  const first = store.blocks()[0];
  expect(first?.maxMs).toBeGreaterThanOrEqual(clock.now() - 12 * 3_600_000 - 60_000);
  const { walBytes, headChunkBytes, blockBytes } = store.stats();
  store.close();
  const retentionBytes = walBytes + headChunkBytes + blockBytes / 2;
  const smaller = makeStore({ ...options, retentionBytes });
  await smaller.enforceRetention();
  const after = smaller.stats();
  expect(after.walBytes + after.headChunkBytes + after.blockBytes).toBeLessThanOrEqual(retentionBytes);
  expect(smaller.blocks().length).toBeGreaterThan(0);
  expect(readdirSync(dir).filter((name) => name.length >= 26)).toHaveLength(smaller.blocks().length);
});

it('says what to do about a directory that cannot be used', () => {
  const dir = tempDir();
  writeFileSync(join(dir, 'wal'), 'a file');
  expect(() => makeStore({ dir })).toThrow(/cannot be used: .*choose another or mend/s);
});

it('goes on in memory while the disk is full, and logs everything anew when it is not', async () => {
  const dir = tempDir();
  const clock = new VirtualClock(startMs);
  const store = makeStore({ dir, clock });
  const put = (name: string) => store.append([{ labels: { name }, atMs: clock.now(), value: 1 }]).appended;
  // Every write to this device fails for want of space.
  symlinkSync('/dev/full', join(dir, 'wal/00000000'));
  expect(put('a')).toBe(1);
  expect(store.stats().walFailures).toBeGreaterThan(0);
  await clock.advance(100);
  expect(put('a')).toBe(1);
  await clock.advance(1000);
  expect([put('a'), put('b')]).toEqual([1, 1]);
  expect(dump(store)).toHaveLength(2);
  rmSync(join(dir, 'wal/00000000'));
  const samples = dump(makeStore({ dir, clock })).map((line) => line.split(' ').length - 1);
  expect(samples).toEqual([1, 1]);
});

it('keeps what is in the log when something is appended after it was closed', () => {
  const dir = tempDir();
  const store = makeStore({ dir });
  store.append([{ labels: { __name__: 'up' }, atMs: startMs, value: 1 }]);
  store.close();
  store.append([{ labels: { __name__: 'up' }, atMs: startMs + 1000, value: 2 }]);

  expect(dump(makeStore({ dir }))).toEqual([`${labelsKey({ __name__: 'up' })} 0:1 1000:2`]);
});

it('takes samples until it is closed, as others end after its upkeep', async () => {
  const dir = tempDir();
  const store = makeStore({ dir });
  store.append([{ labels: { __name__: 'up' }, atMs: startMs, value: 1 }]);
  await store.run(AbortSignal.abort());
  store.append([{ labels: { __name__: 'up' }, atMs: startMs + 1000, value: 2 }]);
  store.close();

  expect(dump(makeStore({ dir }))).toEqual([`${labelsKey({ __name__: 'up' })} 0:1 1000:2`]);
});
