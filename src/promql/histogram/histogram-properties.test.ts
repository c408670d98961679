import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { customBucketsSchema, type FloatHistogram } from '../../model/float-histogram.ts';
import { boundOf, bucketsOf } from '../../model/float-histogram-buckets.ts';
import { addHistograms, subtractHistograms } from './combine.ts';
import { histogramFraction } from './fraction.ts';
import { parseHistogram } from './notation.ts';
import { partsOf } from './parts.ts';
import { histogramQuantile } from './quantile.ts';
import { isReset, statsOnly } from './resets.ts';
import { coarserHistogram, compactHistogram, equalHistograms, multiplyHistogram } from './scale.ts';
import { spansOf } from './side.ts';
import { averageHistograms, sumHistograms } from './total.ts';
import { trimHistogram } from './trim.ts';

/** Whole counts, so that sums and differences of them are exact. */
const counts = fc.integer({ min: 0, max: 1000 });

const side = fc
  .uniqueArray(fc.integer({ min: -20, max: 20 }), { maxLength: 8 })
  .chain((indexes) =>
    fc
      .array(counts, { minLength: indexes.length, maxLength: indexes.length })
      .map((values) => ({ indexes: Int32Array.from(indexes).sort(), buckets: Float64Array.from(values) })),
  );

function total(buckets: Float64Array): number {
  return buckets.reduce((sum, count) => sum + count, 0);
}

const exponential = fc
  .record({
    schema: fc.integer({ min: -2, max: 3 }),
    zeroThreshold: fc.constantFrom(0, 2 ** -30, 2 ** -4, 0.5, 2),
    zeroCount: counts,
    sum: fc.integer({ min: -1000, max: 1000 }),
    positive: side,
    negative: side,
  })
  .map(({ schema, zeroThreshold, zeroCount, sum, ...sides }): FloatHistogram => {
    // No bucket reaches into the zero bucket.
    const beyond = ({ indexes, buckets }: typeof sides.positive): typeof sides.positive => {
      const kept = [...indexes.keys()].filter((i) => boundOf((indexes[i] ?? 0) - 1, schema) >= zeroThreshold);
      return {
        indexes: Int32Array.from(kept, (i) => indexes[i] ?? 0),
        buckets: Float64Array.from(kept, (i) => buckets[i] ?? 0),
      };
    };
    const positive = beyond(sides.positive);
    const negative = beyond(sides.negative);
    return {
      schema,
      zeroThreshold,
      zeroCount,
      sum,
      count: zeroCount + total(positive.buckets) + total(negative.buckets),
      positiveSpans: spansOf(positive.indexes),
      negativeSpans: spansOf(negative.indexes),
      positiveBuckets: positive.buckets,
      negativeBuckets: negative.buckets,
      counterReset: 'unknown',
    };
  });

const custom = fc
  .uniqueArray(fc.integer({ min: -10, max: 20 }), { minLength: 1, maxLength: 6 })
  .chain((bounds) =>
    fc
      .array(counts, { minLength: bounds.length + 1, maxLength: bounds.length + 1 })
      .map((values): FloatHistogram => {
        const buckets = Float64Array.from(values);
        return {
          schema: customBucketsSchema,
          zeroThreshold: 0,
          zeroCount: 0,
          sum: 0,
          count: total(buckets),
          positiveSpans: [{ offset: 0, length: buckets.length }],
          negativeSpans: [],
          positiveBuckets: buckets,
          negativeBuckets: new Float64Array(0),
          customValues: bounds.sort((left, right) => left - right),
          counterReset: 'unknown',
        };
      }),
  );

const either = fc.oneof(exponential, custom);
const alike = fc.oneof(fc.tuple(exponential, exponential), fc.tuple(custom, custom));

/** What all buckets count, the zero bucket included. */
function counted(histogram: FloatHistogram): number {
  return total(histogram.positiveBuckets) + total(histogram.negativeBuckets) + histogram.zeroCount;
}

describe('histograms', () => {
  it('count together what each counts, whatever their layouts', () => {
    fc.assert(
      fc.property(alike, ([left, right]) => {
        const added = addHistograms(left, right)?.histogram;
        expect(added?.count).toBe(left.count + right.count);
        expect(added?.sum).toBe(left.sum + right.sum);
        expect(added === undefined ? Number.NaN : counted(added)).toBe(counted(left) + counted(right));
        expect(added?.schema).toBe(Math.min(left.schema, right.schema));
      }),
    );
  });

  it('add in any order', () => {
    fc.assert(
      fc.property(alike, ([left, right]) => {
        const one = addHistograms(left, right)?.histogram;
        const other = addHistograms(right, left)?.histogram;
        expect(one).toEqual(other);
      }),
    );
  });

  it('are what they were after one was added and taken away, at the resolution of both', () => {
    fc.assert(
      fc.property(alike, ([left, right]) => {
        const added = addHistograms(left, right)?.histogram ?? left;
        const back = subtractHistograms(added, right)?.histogram ?? right;
        const none = multiplyHistogram(right, 0);
        const wanted = addHistograms(left, none)?.histogram ?? left;
        expect(back.count).toBe(left.count);
        // A zero bucket may have been widened by what was added; then the rest is as much.
        if (back.zeroThreshold === wanted.zeroThreshold)
          expect(equalHistograms(compactHistogram(back), compactHistogram(wanted))).toBe(true);
        else expect(counted(back)).toBe(counted(wanted));
      }),
    );
  });

  it('do not mix exponential and custom buckets', () => {
    fc.assert(
      fc.property(exponential, custom, (left, right) => {
        expect(addHistograms(left, right)).toBeUndefined();
        expect(sumHistograms([right, left])).toBeUndefined();
        expect(isReset(left, right) && isReset(right, left)).toBe(true);
      }),
    );
  });

  it('count as much at a coarser resolution, in buckets that hold the finer ones', () => {
    fc.assert(
      fc.property(exponential, fc.integer({ min: -4, max: 3 }), (histogram, schema) => {
        const coarse = coarserHistogram(histogram, Math.min(schema, histogram.schema));
        expect(counted(coarse)).toBe(counted(histogram));
        for (const { lower, upper, count } of bucketsOf(compactHistogram(histogram))) {
          if (count === 0) continue;
          const holds = bucketsOf(coarse).some(
            (bucket) => bucket.lower <= lower * (1 + 1e-12) + 1e-300 && bucket.upper >= upper * (1 - 1e-12),
          );
          expect(holds || lower < 0).toBe(true);
        }
      }),
    );
  });

  it('add up one by one to their sum, and the mean is its share', () => {
    fc.assert(
      fc.property(fc.array(exponential, { minLength: 1, maxLength: 6 }), (histograms) => {
        const [first, ...rest] = histograms as [FloatHistogram, ...FloatHistogram[]];
        const oneByOne = rest.reduce((sum, one) => addHistograms(sum, one)?.histogram ?? sum, first);
        const sum = sumHistograms(histograms)?.histogram;
        expect(sum?.count).toBe(oneByOne.count);
        expect(sum === undefined ? 0 : counted(sum)).toBe(counted(oneByOne));
        const mean = averageHistograms(histograms)?.histogram;
        expect((mean?.count ?? 0) * histograms.length).toBeCloseTo(oneByOne.count, 6);
      }),
    );
  });

  it('see no reset when a counter grows, and one when it shrinks', () => {
    fc.assert(
      fc.property(exponential, exponential, (before, more) => {
        const grown = addHistograms(before, {
          ...more,
          schema: before.schema,
          zeroThreshold: before.zeroThreshold,
        })?.histogram;
        if (grown === undefined || grown.zeroThreshold !== before.zeroThreshold) return;
        expect(isReset(grown, before)).toBe(false);
        if (grown.count > before.count) expect(isReset(before, grown)).toBe(true);
        expect(isReset({ ...grown, counterReset: 'reset' }, before)).toBe(true);
        expect(isReset({ ...before, counterReset: 'not-reset' }, grown)).toBe(false);
      }),
    );
  });

  it('tell the same resets without buckets', () => {
    fc.assert(
      fc.property(fc.array(exponential, { maxLength: 6 }), (histograms) => {
        const stats = statsOnly(histograms);
        histograms.forEach((one, i) => {
          const before = histograms[i - 1];
          const wanted = before === undefined ? 'unknown' : isReset(one, before) ? 'reset' : 'not-reset';
          expect(stats[i]).toMatchObject({ count: one.count, sum: one.sum, counterReset: wanted });
        });
      }),
    );
  });

  it('have quantiles that rise, within the bounds of their buckets', () => {
    fc.assert(
      fc.property(
        either,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (histogram, a, b) => {
          if (histogram.count === 0) return;
          const low = histogramQuantile(Math.min(a, b), histogram).value;
          const high = histogramQuantile(Math.max(a, b), histogram).value;
          expect(low).toBeLessThanOrEqual(high + 1e-9 * Math.abs(high));
        },
      ),
    );
  });

  it('have the share of observations up to a quantile that it is the quantile of', () => {
    fc.assert(
      fc.property(exponential, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (histogram, phi) => {
        if (histogram.count === 0 || histogram.zeroThreshold === 0) return;
        const { value } = histogramQuantile(phi, histogram);
        const share = histogramFraction(Number.NEGATIVE_INFINITY, value, histogram).value;
        // On the border of an empty stretch, any value of the stretch is as good.
        const above = histogramFraction(
          Number.NEGATIVE_INFINITY,
          value * (1 + Math.sign(value) * 1e-9) + 1e-12,
          histogram,
        ).value;
        expect(share - 1e-6).toBeLessThanOrEqual(phi);
        expect(above + 1e-6).toBeGreaterThanOrEqual(phi);
      }),
    );
  });

  it('have shares that add up to one', () => {
    fc.assert(
      fc.property(either, fc.double({ min: -50, max: 50, noNaN: true }), (histogram, bound) => {
        if (histogram.count === 0) return;
        const below = histogramFraction(Number.NEGATIVE_INFINITY, bound, histogram).value;
        const above = histogramFraction(bound, Number.POSITIVE_INFINITY, histogram).value;
        expect(below + above).toBeCloseTo(1, 9);
      }),
    );
  });

  it('are cut in two by a limit without loss', () => {
    fc.assert(
      fc.property(exponential, fc.double({ min: -50, max: 50, noNaN: true }), (histogram, limit) => {
        const below = trimHistogram(histogram, limit, true);
        const above = trimHistogram(histogram, limit, false);
        expect(below.count + above.count).toBeCloseTo(histogram.count, 6);
        expect(counted(below)).toBeCloseTo(below.count, 6);
      }),
    );
  });

  it('keep their buckets through spans', () => {
    fc.assert(
      fc.property(either, (histogram) => {
        const { positive, negative } = partsOf(histogram);
        expect(spansOf(positive.indexes)).toEqual(histogram.positiveSpans);
        expect(spansOf(negative.indexes)).toEqual(histogram.negativeSpans);
      }),
    );
  });
});

describe('the notation of a histogram', () => {
  it('is read field by field', () => {
    const text =
      '{{schema:1 sum:-0.3 count:3.1 z_bucket:7.1 z_bucket_w:0.05 buckets:[5.1 10 7] offset:-3 n_buckets:[4.1 5] n_offset:-5 counter_reset_hint:gauge}}';
    expect(parseHistogram(text)).toEqual({
      saysReset: true,
      histogram: {
        schema: 1,
        sum: -0.3,
        count: 3.1,
        zeroCount: 7.1,
        zeroThreshold: 0.05,
        positiveSpans: [{ offset: -3, length: 3 }],
        negativeSpans: [{ offset: -5, length: 2 }],
        positiveBuckets: Float64Array.of(5.1, 10, 7),
        negativeBuckets: Float64Array.of(4.1, 5),
        counterReset: 'gauge',
      },
    });
  });
});
