import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FloatHistogram } from '../../model/float-histogram.ts';
import type { QueryResult } from '../../promql/query-result.ts';
import { timestampText, valueText } from './json-numbers.ts';
import { answerPieces } from './result-json.ts';

const notes = { warnings: [], infos: [] };

function textOf(result: QueryResult, options: Parameters<typeof answerPieces>[1] = { limit: 0 }): string {
  return Buffer.concat([...answerPieces(result, options)]).toString('utf8');
}

const histogram: FloatHistogram = {
  schema: 0,
  zeroThreshold: 0.001,
  zeroCount: 2,
  count: 7,
  sum: -1.5,
  positiveSpans: [{ offset: 0, length: 2 }],
  negativeSpans: [{ offset: 1, length: 1 }],
  positiveBuckets: Float64Array.of(1, 0),
  negativeBuckets: Float64Array.of(4),
  counterReset: 'unknown',
};

it.each([
  [0, '0'],
  [-0, '-0'],
  [1.5, '1.5'],
  [1e-6, '0.000001'],
  [2.5e-7, '2.5e-07'],
  [-2.5e-17, '-2.5e-17'],
  [1e20, '100000000000000000000'],
  [1e21, '1e+21'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, '+Inf'],
  [Number.NEGATIVE_INFINITY, '-Inf'],
])('writes %d as %s', (value, text) => expect(valueText(value)).toBe(text));

it.each([
  [0, '0'],
  [1, '0.001'],
  [-1, '-0.001'],
  [1_700_000_000_050, '1700000000.050'],
  [1_700_000_000_000, '1700000000'],
])('writes the time %d as %s', (atMs, text) => expect(timestampText(atMs)).toBe(text));

it('writes histograms with the ends that belong to each bucket, without empty ones', () => {
  const result: QueryResult = {
    type: 'vector',
    samples: [{ labels: { z: '1', a: '"' }, atMs: 1500, value: Number.NaN, histogram }],
    ...notes,
  };
  expect(textOf(result)).toBe(
    '{"status":"success","data":{"resultType":"vector","result":[{"metric":{"a":"\\"","z":"1"},"histogram":[1.500,' +
      '{"count":"7","sum":"-1.5","buckets":[[1,"-2","-1","4"],[3,"-0.001","0.001","2"],[0,"0.5","1","1"]]}]}]}}',
  );
});

describe('a matrix', () => {
  const point = fc.record({
    value: fc.oneof(
      fc.double(),
      fc.integer(),
      fc.constantFrom(0, -0, 2_147_483_647, 2_147_483_648, 9, 10, 99, 100),
      fc.tuple(fc.integer(), fc.integer({ min: 0, max: 9 })).map(([whole, power]) => whole / 10 ** power),
    ),
    isHistogram: fc.boolean(),
  });
  const series = fc.record({
    labels: fc.dictionary(fc.string({ minLength: 1, unit: 'binary' }), fc.string({ unit: 'binary' })),
    points: fc.array(point, { maxLength: 30 }),
    floatsOnly: fc.boolean(),
  });

  it('reads back as what it was, whatever the values, the labels and the size of the pieces', () => {
    fc.assert(
      fc.property(
        fc.array(series, { maxLength: 5 }),
        fc.integer({ min: -1e12, max: 2e12 }),
        (all, startMs) => {
          const stepMs = 15_001;
          const made = all.map(({ labels, points, floatsOnly }) => ({
            labels,
            timesMs: Float64Array.from(points, (_, i) => startMs + i * stepMs),
            values: Float64Array.from(points, ({ value }) => value),
            ...(floatsOnly
              ? {}
              : { histograms: points.map(({ isHistogram }) => (isHistogram ? histogram : undefined)) }),
          }));
          const read = JSON.parse(textOf({ type: 'matrix', series: made, ...notes }, { limit: 0 }));
          const expected = made.map(({ labels, timesMs, values, histograms }) => {
            const at = [...timesMs.keys()];
            const floats = at.filter((i) => histograms?.[i] === undefined);
            const others = at.filter((i) => histograms?.[i] !== undefined);
            return {
              metric: { ...labels },
              ...(floats.length > 0
                ? { values: floats.map((i) => [(timesMs[i] ?? 0) / 1000, valueText(values[i] ?? 0)]) }
                : {}),
              ...(others.length > 0
                ? {
                    histograms: others.map((i) => [
                      (timesMs[i] ?? 0) / 1000,
                      expect.objectContaining({ count: '7' }),
                    ]),
                  }
                : {}),
            };
          });
          expect(read.data.result).toEqual(expected);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('comes in many pieces when it is large, and is the same', () => {
    const steps = 5000;
    const timesMs = Float64Array.from({ length: steps }, (_, i) => i * 1000);
    const large = Array.from({ length: 20 }, (_, n) => ({
      labels: { n: String(n) },
      timesMs,
      values: Float64Array.from(timesMs, (atMs) => Math.sin(atMs) * 10 ** (n - 10)),
    }));
    const result: QueryResult = { type: 'matrix', series: large, warnings: ['w "1"'], infos: ['i'] };
    const pieces = [...answerPieces(result, { limit: 19 })];
    expect(pieces.length).toBeGreaterThan(10);
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(132 * 1024);
    const read = JSON.parse(Buffer.concat(pieces).toString('utf8'));
    expect(read.warnings).toEqual(['w "1"', 'results truncated due to limit']);
    expect(read.infos).toEqual(['i']);
    expect(read.data.result).toHaveLength(19);
    for (const [n, { values }] of read.data.result.entries())
      expect(values.map(([, text]: [number, string]) => Number(text))).toEqual([...(large[n]?.values ?? [])]);
  });
});
