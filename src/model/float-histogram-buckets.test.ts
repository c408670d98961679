import { expect, it } from 'vitest';
import { customBucketsSchema, type FloatHistogram } from './float-histogram.ts';
import { boundOf, bucketIndexes, bucketsOf } from './float-histogram-buckets.ts';

it('has bounds that agree between schemas', () => {
  for (let schema = -4; schema < 8; schema++) {
    for (let index = -40; index <= 40; index++)
      expect(boundOf(index * 2, schema + 1)).toBe(boundOf(index, schema));
  }
});

it.each([
  [0, 0, 1],
  [1, 0, 2],
  [-1, 0, 0.5],
  [1, 1, Math.SQRT2],
  [1, -1, 4],
  [1024, 0, Number.MAX_VALUE],
  [1025, 0, Number.POSITIVE_INFINITY],
  [64, -4, Number.MAX_VALUE],
  [65, -4, Number.POSITIVE_INFINITY],
  [-1074, 0, 5e-324],
])('ends bucket %d of schema %d at %d', (index, schema, bound) => {
  expect(boundOf(index, schema)).toBeCloseTo(bound, 12);
});

it('follows spans over gaps and both sides of zero', () => {
  const spans = [
    { offset: -2, length: 2 },
    { offset: 3, length: 1 },
    { offset: 0, length: 2 },
  ];
  expect([...bucketIndexes(spans, 5)]).toEqual([-2, -1, 3, 4, 5]);
});

const none = {
  positiveSpans: [],
  negativeSpans: [],
  positiveBuckets: new Float64Array(0),
  negativeBuckets: new Float64Array(0),
};

it('lists buckets from the lowest to the highest', () => {
  const histogram: FloatHistogram = {
    schema: 0,
    zeroThreshold: 0.001,
    zeroCount: 5,
    count: 11,
    sum: 0,
    positiveSpans: [{ offset: 1, length: 1 }],
    negativeSpans: [{ offset: 0, length: 2 }],
    positiveBuckets: Float64Array.of(1),
    negativeBuckets: Float64Array.of(2, 3),
    counterReset: 'unknown',
  };
  expect(bucketsOf(histogram)).toEqual([
    { lower: -2, upper: -1, lowerInclusive: true, upperInclusive: false, count: 3 },
    { lower: -1, upper: -0.5, lowerInclusive: true, upperInclusive: false, count: 2 },
    { lower: -0.001, upper: 0.001, lowerInclusive: true, upperInclusive: true, count: 5 },
    { lower: 1, upper: 2, lowerInclusive: false, upperInclusive: true, count: 1 },
  ]);
});

it('begins custom buckets at -Inf and ends them at +Inf', () => {
  const histogram: FloatHistogram = {
    ...none,
    schema: customBucketsSchema,
    zeroThreshold: 0,
    zeroCount: 0,
    count: 6,
    sum: 0,
    positiveSpans: [{ offset: 0, length: 3 }],
    positiveBuckets: Float64Array.of(1, 2, 3),
    customValues: [5, 10],
    counterReset: 'unknown',
  };
  expect(bucketsOf(histogram)).toEqual([
    { lower: Number.NEGATIVE_INFINITY, upper: 5, lowerInclusive: true, upperInclusive: true, count: 1 },
    { lower: 5, upper: 10, lowerInclusive: false, upperInclusive: true, count: 2 },
    { lower: 10, upper: Number.POSITIVE_INFINITY, lowerInclusive: false, upperInclusive: true, count: 3 },
  ]);
});
