import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { FloatHistogram } from '../../model/float-histogram.ts';
import { bucketsOf } from '../../model/float-histogram-buckets.ts';
import { DamageError } from '../damage.ts';
import { type HistogramValue, readHistogramChunk } from './histogram-chunk.ts';
import { HistogramAppender, type SealedHistograms } from './histogram-series.ts';

const spans = fc.array(
  fc.record({ offset: fc.integer({ min: 0, max: 5 }), length: fc.integer({ min: 1, max: 4 }) }),
  { maxLength: 4 },
);

function histogram(isFloat: boolean): fc.Arbitrary<FloatHistogram> {
  const count = isFloat ? fc.double({ noNaN: true, min: 0, max: 1e9 }) : fc.nat({ max: 1e9 });
  return fc
    .record({
      schema: fc.constantFrom(0, 3),
      zeroThreshold: fc.constantFrom(0, 2 ** -128, 0.001),
      zeroCount: count,
      count,
      sum: fc.double({ noNaN: true }),
      positiveSpans: spans,
      negativeSpans: spans,
      counterReset: fc.constantFrom('unknown', 'gauge'),
      counts: fc.array(count, { minLength: 32, maxLength: 32 }),
    })
    .map(({ counts, ...rest }) => {
      const size = (of: readonly { length: number }[]) => of.reduce((sum, { length }) => sum + length, 0);
      return {
        ...rest,
        counterReset: rest.counterReset as 'unknown' | 'gauge',
        positiveBuckets: Float64Array.from(counts.slice(0, size(rest.positiveSpans))),
        negativeBuckets: Float64Array.from(counts.slice(16, 16 + size(rest.negativeSpans))),
      };
    });
}

const value = fc.oneof(
  { weight: 4, arbitrary: histogram(false) },
  { weight: 4, arbitrary: histogram(true) },
  { weight: 1, arbitrary: fc.constant('stale' as const) },
);

function encode(samples: readonly (readonly [number, HistogramValue])[]): SealedHistograms[] {
  const appender = new HistogramAppender();
  const chunks: SealedHistograms[] = [];
  for (const [atMs, one] of samples) {
    const done = appender.append(atMs, one);
    if (done !== undefined) chunks.push(done);
  }
  const last = appender.cut();
  return last === undefined ? chunks : [...chunks, last];
}

/** What matters of a histogram: empty buckets may come and go. */
function meaning(one: HistogramValue): unknown {
  if (one === 'stale') return one;
  const buckets = bucketsOf(one)
    .filter(({ count }) => count !== 0)
    .map(({ lower, upper, count }) => [lower, upper, count]);
  return [one.schema, one.zeroThreshold, one.zeroCount, one.count, one.sum, buckets];
}

it('gives back integer and float histograms, whatever follows what', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 100_000 }), value), { maxLength: 30 }),
      (steps) => {
        let atMs = -50_000;
        const samples = steps.map(([deltaMs, one]): [number, HistogramValue] => {
          atMs += deltaMs;
          return [atMs, one];
        });
        const read = encode(samples).flatMap((chunk) => {
          const { timesMs, values } = readHistogramChunk(chunk.bytes, 0, chunk.bytes.length, chunk.isFloat);
          expect([timesMs[0], timesMs.at(-1), timesMs.length]).toEqual([
            chunk.minMs,
            chunk.maxMs,
            chunk.samples,
          ]);
          return timesMs.map((ms, i) => [ms, meaning(values[i] ?? 'stale')]);
        });
        expect(read).toEqual(samples.map(([ms, one]) => [ms, meaning(one)]));
      },
    ),
  );
});

const counter = (k: number, buckets: readonly number[]): FloatHistogram => ({
  schema: 0,
  zeroThreshold: 0,
  zeroCount: 0,
  count: k,
  sum: k,
  positiveSpans: [{ offset: 0, length: buckets.length }],
  positiveBuckets: Float64Array.from(buckets),
  negativeSpans: [],
  negativeBuckets: new Float64Array(0),
  counterReset: 'unknown',
});

it('writes a chunk again for new buckets, and begins one after a reset, which it tells', () => {
  const chunks = encode([
    [1000, counter(1, [1])],
    [2000, counter(3, [2, 1])],
    [3000, counter(5, [2, 1, 2])],
    [4000, counter(1, [1])],
  ]);
  expect(chunks.map(({ samples }) => samples)).toEqual([3, 1]);
  const resets = chunks.flatMap(({ bytes, isFloat }) =>
    readHistogramChunk(bytes, 0, bytes.length, isFloat).values.map((one) =>
      one === 'stale' ? one : one.counterReset,
    ),
  );
  expect(resets).toEqual(['unknown', 'not-reset', 'not-reset', 'reset']);
});

it('keeps custom bounds', () => {
  const custom = { ...counter(3, [1, 2]), schema: -53, customValues: [0.005, 1, 2.5, 1e300, 33_554.43] };
  const [chunk] = encode([[1, custom]]);
  const bytes = chunk?.bytes ?? new Uint8Array(0);
  const { values } = readHistogramChunk(bytes, 0, bytes.length, false);
  expect(values[0]).toMatchObject({ schema: -53, customValues: [0.005, 1, 2.5, 1e300, 33_554.43] });
});

it('says so when bytes are no chunk, and never reads past the end', () => {
  const run = Array.from({ length: 20 }, (_, i): [number, HistogramValue] => [
    i * 1000,
    counter(i, [i, i * 2]),
  ]);
  const [chunk] = encode(run);
  const whole = chunk?.bytes ?? new Uint8Array(0);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 })), {
        minLength: 1,
        maxLength: 5,
      }),
      fc.nat({ max: whole.length }),
      fc.boolean(),
      (changes, end, isFloat) => {
        const bytes = new Uint8Array(whole);
        for (const [at, byte] of changes) bytes[at] = byte;
        try {
          readHistogramChunk(bytes, 0, end, isFloat);
        } catch (error) {
          expect(error).toBeInstanceOf(DamageError);
        }
      },
    ),
    { numRuns: 500 },
  );
});
