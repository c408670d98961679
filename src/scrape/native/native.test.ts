import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { customBucketsSchema, type FloatHistogram } from '../../model/float-histogram.ts';
import { bucketsOf } from '../../model/float-histogram-buckets.ts';
import { classicToNhcb, isPartOf } from './classic-to-nhcb.ts';
import { limitResolution } from './limit-resolution.ts';

const text = `# TYPE wait histogram
wait_bucket{shop="a",le="0.5"} 2
wait_bucket{shop="a",le="1"} 2
wait_bucket{shop="a",le="5"} 7
wait_bucket{shop="a",le="+Inf"} 9
wait_sum{shop="a"} 21.5
wait_count{shop="a"} 9
wait_bucket{shop="b",le="1"} 1 # {trace_id="x"} 0.3
wait_bucket{shop="b",le="+Inf"} 1
wait_count{shop="b"} 1
# TYPE other counter
other_bucket{le="1"} 4
`;

describe('classic histograms as native ones', () => {
  it('have the same counts between the same bounds', () => {
    const { samples, families } = classicToNhcb(Buffer.from(text), 'text');
    expect([...families]).toEqual(['wait']);
    const [a, b] = samples;
    expect(a?.labels).toEqual({ __name__: 'wait', shop: 'a' });
    expect(a?.histogram).toMatchObject({
      schema: customBucketsSchema,
      count: 9,
      sum: 21.5,
      customValues: [0.5, 1, 5],
    });
    expect(
      bucketsOf(a?.histogram as FloatHistogram).map(({ lower, upper, count }) => [lower, upper, count]),
    ).toEqual([
      [Number.NEGATIVE_INFINITY, 0.5, 2],
      [1, 5, 5],
      [5, Number.POSITIVE_INFINITY, 2],
    ]);
    expect(b?.histogram).toMatchObject({ count: 1, sum: 0, customValues: [1] });
  });

  it('are left out where their counts go down', () => {
    const bad =
      '# TYPE w histogram\nw_bucket{le="1"} 5\nw_bucket{le="2"} 3\nw_bucket{le="+Inf"} 5\nw_count 5\n';
    expect(classicToNhcb(Buffer.from(bad), 'text').samples).toEqual([]);
  });

  it('takes the place of buckets, sums and counts of its families alone', () => {
    const families = new Set(['wait']);
    expect(isPartOf({ __name__: 'wait_bucket', le: '1' }, families)).toBe(true);
    expect(isPartOf({ __name__: 'wait_sum' }, families)).toBe(true);
    expect(isPartOf({ __name__: 'wait_bucket' }, families)).toBe(false);
    expect(isPartOf({ __name__: 'other_count' }, families)).toBe(false);
  });

  it('reads any bytes without a fault', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        classicToNhcb(
          Buffer.concat([Buffer.from('# TYPE a histogram\na_bucket{le="'), bytes]),
          'openmetrics',
        );
      }),
    );
  });
});

function exponential(schema: number, buckets: readonly number[], offset: number): FloatHistogram {
  return {
    schema,
    zeroThreshold: 0.001,
    zeroCount: 0,
    count: buckets.reduce((sum, count) => sum + count, 0),
    sum: 1,
    positiveSpans: [{ offset, length: buckets.length }],
    negativeSpans: [],
    positiveBuckets: Float64Array.from(buckets),
    negativeBuckets: new Float64Array(0),
    counterReset: 'unknown',
  };
}

describe('limits of native histograms', () => {
  it('make buckets wider, and lose no observation', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(50), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: -100, max: 100 }),
        fc.integer({ min: 0, max: 8 }),
        fc.integer({ min: 30, max: 60 }),
        (buckets, offset, schema, bucketLimit) => {
          const given = exponential(schema, buckets, offset);
          const limited = limitResolution(given, { bucketLimit, minBucketFactor: 0 });
          expect(limited.positiveBuckets.length).toBeLessThanOrEqual(bucketLimit);
          const sum = (values: Float64Array) => values.reduce((all, value) => all + value, 0);
          expect(sum(limited.positiveBuckets)).toBe(sum(given.positiveBuckets));
          // Every bound that is left was a bound before.
          const [first] = bucketsOf(given);
          const [wide] = bucketsOf(limited);
          expect(wide?.lower).toBeLessThanOrEqual(first?.lower ?? 0);
        },
      ),
    );
  });

  it.each([
    [1.1, 3],
    [2, 0],
    [4, -1],
    [1.001, 8],
  ])('a factor of %d between buckets allows schema %d at the finest', (minBucketFactor, schema) => {
    const limited = limitResolution(exponential(8, [1, 2, 3], 4), { bucketLimit: 0, minBucketFactor });
    expect(limited.schema).toBe(schema);
  });

  it('refuse what has too many buckets even at the coarsest', () => {
    const far: FloatHistogram = {
      ...exponential(-4, [1, 1, 1], 0),
      positiveSpans: [
        { offset: 0, length: 1 },
        { offset: 10, length: 2 },
      ],
    };
    expect(() => limitResolution(far, { bucketLimit: 2, minBucketFactor: 0 })).toThrow(
      /native_histogram_bucket_limit exceeded: 3 buckets/,
    );
  });
});
