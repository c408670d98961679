import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { VirtualClock } from '../kit/clock.ts';
import { silentLogger } from '../log/logger.ts';
import type { FloatHistogram } from '../model/float-histogram.ts';
import { isStaleAt } from '../model/sample.ts';
import { type StoreOptions, TimeSeriesStore } from './store.ts';

const startMs = 1_700_000_000_000;
const minuteMs = 60_000;

function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'tsdb-dir-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

function histogram(count: number): FloatHistogram {
  return {
    schema: 1,
    zeroThreshold: 0,
    zeroCount: 0,
    count,
    sum: count * 2,
    positiveSpans: [{ offset: count % 3, length: 1 }],
    positiveBuckets: Float64Array.of(count),
    negativeSpans: [],
    negativeBuckets: new Float64Array(0),
    counterReset: 'unknown',
  };
}

/** What a series should hold, by time. */
type Model = Map<string, Map<number, string>>;

function dump(store: TimeSeriesStore, fromMs = 0, toMs = Number.MAX_SAFE_INTEGER): Record<string, string[]> {
  const all: Record<string, string[]> = {};
  for (const { labels, timesMs, values, histograms } of store.select({ matchers: [], fromMs, toMs })) {
    all[labels['n'] ?? ''] = [...timesMs].map((ms, i) => {
      const one = histograms?.[i];
      const text = isStaleAt(values, i) ? 'stale' : String(values[i]);
      return `${ms - startMs} ${one === undefined ? text : `h${one.count}`}`;
    });
  }
  return all;
}

function expected(model: Model, fromMs = 0, toMs = Number.MAX_SAFE_INTEGER): Record<string, string[]> {
  const all: Record<string, string[]> = {};
  for (const [n, samples] of model) {
    const lines = [...samples]
      .filter(([ms]) => ms >= fromMs && ms <= toMs)
      .sort(([a], [b]) => a - b)
      .map(([ms, text]) => `${ms - startMs} ${text}`);
    if (lines.length > 0) all[n] = lines;
  }
  return all;
}

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('append' as const), minutes: fc.integer({ min: 1, max: 150 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('late' as const), back: fc.integer({ min: 1, max: 170 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('delete' as const),
      n: fc.constantFrom('0', '1', 'h'),
      back: fc.integer({ min: 0, max: 600 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('maintain' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clean' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('reopen' as const, 'crash' as const) }) },
);

it('holds what a plain map holds, whatever is done to it: compaction, late samples, deletes, restarts', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      const clock = new VirtualClock(startMs);
      const options: StoreOptions = {
        dir: tempDir(),
        clock,
        log: silentLogger,
        outOfOrderWindowMs: 3 * 3_600_000,
      };
      let store = new TimeSeriesStore(options);
      const model: Model = new Map(['0', '1', 'h', 'mixed', 'late'].map((n) => [n, new Map()]));
      const put = (n: string, atMs: number, value: number | 'stale' | FloatHistogram): void => {
        const { appended } = store.append([{ labels: { n }, atMs, value }]);
        const text = typeof value === 'object' ? `h${value.count}` : String(value);
        if (appended === 1) model.get(n)?.set(atMs, text);
      };
      let minute = 0;
      for (const one of steps) {
        if (one.do === 'append') {
          for (let i = 0; i < one.minutes; i++) {
            minute++;
            await clock.advance(minuteMs);
            const atMs = clock.now();
            put('0', atMs, minute % 90 === 0 ? 'stale' : minute * 1.5);
            if (minute % 3 === 0) put('1', atMs, minute);
            put('h', atMs, minute % 70 === 0 ? 'stale' : histogram(minute));
            put('mixed', atMs, Math.floor(minute / 10) % 2 === 0 ? histogram(minute) : minute);
          }
        } else if (one.do === 'late') {
          const atMs = clock.now() - one.back * minuteMs + 7;
          if (model.get('late')?.has(atMs) === false) put('late', atMs, one.back);
        } else if (one.do === 'delete') {
          const fromMs = clock.now() - one.back * minuteMs;
          await store.deleteSeries([[{ name: 'n', op: '=', value: one.n }]], fromMs, fromMs + 30 * minuteMs);
          const samples = model.get(one.n);
          for (const ms of [...(samples?.keys() ?? [])])
            if (ms >= fromMs && ms <= fromMs + 30 * minuteMs) samples?.delete(ms);
        } else if (one.do === 'maintain') await store.enforceRetention();
        else if (one.do === 'clean') await store.cleanTombstones();
        else {
          if (one.do === 'reopen') store.close();
          store = new TimeSeriesStore(options);
        }
        expect(dump(store)).toEqual(expected(model));
      }
      const fromMs = startMs + 50 * minuteMs;
      const toMs = startMs + 200 * minuteMs;
      expect(dump(store, fromMs, toMs)).toEqual(expected(model, fromMs, toMs));
      store.close();
    }),
    { numRuns: 12 },
  );
}, 240_000);

/** Twelve hours in a directory with blocks, head chunks and a log. */
async function fill(dir: string): Promise<TimeSeriesStore> {
  const clock = new VirtualClock(startMs);
  const store = new TimeSeriesStore({ dir, clock, log: silentLogger });
  for (let k = 0; k < 12 * 60; k++) {
    const batch = Array.from({ length: 5 }, (_, i) => ({
      labels: { n: String(i) },
      atMs: clock.now(),
      value: Math.sin(k + i),
    }));
    store.append([...batch, { labels: { n: 'h' }, atMs: clock.now(), value: histogram(k) }]);
    await clock.advance(minuteMs);
    if (k % 60 === 0) await store.enforceRetention();
  }
  await store.enforceRetention();
  return store;
}

it('needs no chunk of the head: damage there, anywhere, costs no sample', async () => {
  const dir = tempDir();
  const store = await fill(dir);
  const wanted = dump(store);
  store.close();
  const [name = ''] = readdirSync(join(dir, 'chunks_head'));
  const path = join(dir, 'chunks_head', name);
  const whole = readFileSync(path);
  expect(whole.length).toBeGreaterThan(500);
  fc.assert(
    fc.property(
      fc.nat({ max: whole.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
      fc.boolean(),
      (at, flip, cuts) => {
        const bytes = Buffer.from(whole);
        bytes[at] = (bytes[at] ?? 0) ^ flip;
        writeFileSync(path, cuts ? bytes.subarray(0, at) : bytes);
        const again = new TimeSeriesStore({ dir, clock: new VirtualClock(startMs), log: silentLogger });
        expect(dump(again)).toEqual(wanted);
        again.close();
      },
    ),
    { numRuns: 30 },
  );
});

it('opens with a log that is damaged anywhere, and keeps what the blocks have', async () => {
  const dir = tempDir();
  const store = await fill(dir);
  const inBlocks = Math.max(...store.blocks().map(({ maxMs }) => maxMs));
  const wanted = dump(store, 0, inBlocks - 1);
  store.close();
  const segment = readdirSync(join(dir, 'wal')).findLast((name) => /^\d+$/.test(name)) ?? '';
  const path = join(dir, 'wal', segment);
  const whole = readFileSync(path);
  fc.assert(
    fc.property(fc.nat({ max: whole.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ flip;
      writeFileSync(path, bytes);
      try {
        const again = new TimeSeriesStore({ dir, clock: new VirtualClock(startMs), log: silentLogger });
        expect(dump(again, 0, inBlocks - 1)).toEqual(wanted);
        again.close();
      } catch (error) {
        // A flipped bit can make a record look compressed in a way that is not read.
        expect((error as Error).message).toMatch(/zstd/);
      }
    }),
    { numRuns: 30 },
  );
});

it('keeps exemplars and metadata over a restart and a checkpoint', async () => {
  const dir = tempDir();
  const store = await fill(dir);
  const nowMs = startMs + 12 * 60 * minuteMs;
  const series = { n: '1' };
  const exemplar = { labels: { trace_id: 'a' }, value: 3, atMs: nowMs };
  expect(
    store.appendExemplars([
      { series, exemplar },
      { series: { n: 'none' }, exemplar },
    ]),
  ).toBe(1);
  expect(store.appendExemplars([{ series, exemplar: { ...exemplar, atMs: nowMs - 1 } }])).toBe(0);
  store.setMetadata(series, { type: 'gauge', help: 'Text "quoted".', unit: 's' });
  store.close();
  const again = new TimeSeriesStore({ dir, clock: new VirtualClock(nowMs), log: silentLogger });
  const found = again.exemplars([[{ name: 'n', op: '=~', value: '.+' }]], 0, nowMs);
  expect(found).toEqual([{ series, exemplars: [exemplar] }]);
  expect(again.metadataOf(series)).toEqual({ type: 'gauge', help: 'Text "quoted".', unit: 's' });
  again.close();
});

it('takes columns by handle, and tells when a handle is no longer good', async () => {
  const clock = new VirtualClock(startMs);
  const store = new TimeSeriesStore({ clock, log: silentLogger, retentionMs: minuteMs, maxSeries: 1 });
  const handle = store.handleOf({ n: '0' });
  expect([store.handleOf({ n: 'other' }), store.handleOf({})]).toEqual([-1, -2]);
  const columns = (count: number) => ({
    handles: new Float64Array(count).fill(handle),
    timesMs: Float64Array.from({ length: count }, (_, i) => clock.now() + i),
    values: Float64Array.from({ length: count }, (_, i) => i),
    length: count,
  });
  expect(store.appendColumns(columns(3)).appended).toBe(3);
  await clock.advance(10 * minuteMs);
  await store.enforceRetention();
  expect(store.isHandle(handle)).toBe(false);
  expect(store.appendColumns(columns(1))).toMatchObject({ appended: 0, invalid: 1 });
});

it('copies everything into a snapshot that opens by itself', async () => {
  const dir = tempDir();
  const copy = join(tempDir(), 'copy');
  const store = await fill(dir);
  await store.snapshot(copy);
  const opened = new TimeSeriesStore({
    dir: copy,
    clock: new VirtualClock(startMs),
    log: silentLogger,
    readOnly: true,
  });
  expect(dump(opened)).toEqual(dump(store));
  opened.close();
  store.close();
});
