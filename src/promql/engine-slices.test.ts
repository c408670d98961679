import { expect, it } from 'vitest';
import { Engine } from './engine.ts';
import type { Queryable } from './queryable.ts';

const count = 10_000;
const steps = 1000;
const stepMs = 15_000;
const endMs = (steps - 1) * stepMs;
const timesMs = Float64Array.from({ length: steps }, (_, i) => i * stepMs);
const values = Float64Array.from(timesMs, (_, i) => i);

/** Ten thousand series `a`, and as many `b`, all with the same samples. */
const store: Queryable = {
  *select({ matchers, fromMs }) {
    const name = matchers.find((matcher) => matcher.name === '__name__')?.value ?? '';
    const from = Math.max(0, Math.ceil(fromMs / stepMs));
    for (let i = 0; i < count; i++)
      yield {
        labels: { __name__: name, i: String(i), g: String(i % 10) },
        timesMs: timesMs.subarray(from),
        values: values.subarray(from),
      };
  },
};

/** How often a query gives way when it does so wherever it can: about once for 20,000 samples looked at or 500 series handled. */
async function pausesOf(query: string, range: boolean): Promise<number> {
  const engine = new Engine({ sliceMs: 0, giveWay: async () => {} });
  let slices = 0;
  const options = { onSlice: () => void slices++ };
  if (range) await engine.rangeAsync(store, query, { startMs: 0, endMs, stepMs }, options);
  else await engine.instantAsync(store, query, endMs, options);
  return slices;
}

// What each stage of a query adds is known, so that one which went on without a pause would be missed here.
it.each([
  ['a', 30],
  ['-a', 50],
  ['a * 2', 50],
  ['abs(a)', 50],
  ['a or b', 120],
  ['a or -b', 140],
  ['a and b', 95],
  ['a unless b', 95],
  ['a + on (i) b', 135],
  ['a * on (g) group_left () max by (g) (b)', 95],
  ['sort_desc(a)', 48],
  ['sort_by_label(a, "g", "i")', 180],
  ['label_replace(a, "c", "$1", "i", "(.*)")', 145],
  ['label_join(a, "c", "-", "i", "g")', 145],
  ['sum by (i) (a)', 30],
  ['topk by (i) (1, a)', 50],
  ['limit_ratio(0.5, a)', 240],
  ['quantile by (g) (0.5, a)', 50],
  ['rate(a[5m])', 40],
  ['{__name__="a"} > 1e9', 50],
])('gives way again and again in %s over ten thousand series', async (query, least) => {
  expect(await pausesOf(query, false)).toBeGreaterThanOrEqual(least);
});

it.each([
  ['sum by (g) (a)', 990],
  ['max(a or b)', 3400],
  ['sum(a * on (g) group_left () max by (g) (b))', 2900],
  ['count(a > 1e9)', 1900],
])(
  'gives way again and again in %s over a thousand steps',
  async (query, least) => {
    expect(await pausesOf(query, true)).toBeGreaterThanOrEqual(least);
  },
  120_000,
);
