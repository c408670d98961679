import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Labels } from '../model/labels.ts';
import type { SeriesSamples } from '../model/sample.ts';
import { Engine } from './engine.ts';
import { MemorySeries } from './memory-series.ts';

const stepMs = 15_000;
const engine = new Engine();

interface Given {
  readonly labels: Labels;
  readonly points: readonly (number | undefined)[];
}

const value = fc.oneof(fc.integer({ min: 0, max: 50 }), fc.double({ min: -1e6, max: 1e6, noNaN: true }));
const series = fc
  .uniqueArray(fc.tuple(fc.constantFrom('1', '2', '3'), fc.constantFrom('p', 'q', 'r')), {
    selector: (pair) => pair.join(),
    minLength: 1,
    maxLength: 6,
  })
  .chain((pairs) =>
    fc.tuple(
      ...pairs.map(([x, y]) =>
        fc
          .array(fc.option(value, { nil: undefined }), { minLength: 1, maxLength: 30 })
          .map((points): Given => ({ labels: { __name__: 'm', x, y }, points })),
      ),
    ),
  );

function storeOf(given: readonly Given[]): MemorySeries {
  return new MemorySeries(
    given.map(({ labels, points }): SeriesSamples => {
      const kept = points.flatMap((point, i) => (point === undefined ? [] : [{ point, atMs: i * stepMs }]));
      return {
        labels,
        timesMs: Float64Array.from(kept, ({ atMs }) => atMs),
        values: Float64Array.from(kept, ({ point }) => point),
      };
    }),
  );
}

function ask(given: readonly Given[], query: string): Map<string, number> {
  const result = engine.range(storeOf(given), query, 0, 40 * stepMs, stepMs);
  const answers = new Map<string, number>();
  for (const { labels, timesMs, values } of result.type === 'matrix' ? result.series : [])
    timesMs.forEach(
      (time, i) =>
        void answers.set(`${labels['x'] ?? ''}${labels['y'] ?? ''}@${time / stepMs}`, values[i] ?? 0),
    );
  return answers;
}

function expectClose(got: Map<string, number>, wanted: Map<string, number>): void {
  expect([...got.keys()].sort()).toEqual([...wanted.keys()].sort());
  for (const [key, number] of wanted) {
    const found = got.get(key) ?? 0;
    expect(Math.abs(found - number)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(number)));
  }
}

const naive: Readonly<Record<string, (values: readonly number[]) => number>> = {
  sum: (values) => values.reduce((sum, number) => sum + number, 0),
  avg: (values) => values.reduce((sum, number) => sum + number, 0) / values.length,
  min: (values) => Math.min(...values),
  max: (values) => Math.max(...values),
  count: (values) => values.length,
  stdvar(values) {
    const mean = values.reduce((sum, number) => sum + number, 0) / values.length;
    return values.reduce((sum, number) => sum + (number - mean) ** 2, 0) / values.length;
  },
};

/** The samples of a range of `steps` intervals that ends at a step. */
function windowAt({ points }: Given, step: number, steps: number): number[] {
  return points.slice(Math.max(0, step - steps + 1), step + 1).filter((point) => point !== undefined);
}

it.each(Object.entries(naive))('aggregates by label as the plain formula does: %s', (op, formula) => {
  fc.assert(
    fc.property(series, (given) => {
      const wanted = new Map<string, number>();
      for (let step = 0; step <= 40; step++) {
        for (const x of ['1', '2', '3']) {
          const values = given
            .filter(({ labels }) => labels['x'] === x)
            .flatMap((one) => windowAt(one, step, 20).at(-1) ?? []);
          if (values.length > 0) wanted.set(`${x}@${step}`, formula(values));
        }
      }
      // The look-back is 5 minutes: 20 samples.
      const got = ask(given, `${op} by (x) (m)`);
      expectVariance(op, got, wanted);
    }),
    { numRuns: 60 },
  );
});

/** As {@link naive}, for ranges only: PromQL with `%` where the range goes. */
const naiveOfRange: Readonly<Record<string, (values: readonly number[]) => number>> = {
  ...Object.fromEntries(Object.entries(naive).map(([op, formula]) => [`${op}_over_time(%)`, formula])),
  'quantile_over_time(0.3, %)'(values) {
    const sorted = values.toSorted((left, right) => left - right);
    const rank = 0.3 * (sorted.length - 1);
    const [low = 0, high = low] = [sorted[Math.floor(rank)], sorted[Math.floor(rank) + 1]];
    return low * (1 - (rank % 1)) + high * (rank % 1);
  },
  'changes(%)': (values) => values.filter((number, i) => i > 0 && number !== values[i - 1]).length,
  'last_over_time(%)': (values) => values.at(-1) ?? Number.NaN,
};

// Up to 25 samples: long windows are computed from the window before, short ones anew.
it.each(Object.entries(naiveOfRange))(
  'slides over ranges as the plain formula does: %s',
  (query, formula) => {
    fc.assert(
      fc.property(series, fc.integer({ min: 1, max: 25 }), (given, steps) => {
        const wanted = new Map<string, number>();
        for (const one of given) {
          for (let step = 0; step <= 40; step++) {
            const values = windowAt(one, step, steps);
            if (values.length > 0)
              wanted.set(`${one.labels['x']}${one.labels['y']}@${step}`, formula(values));
          }
        }
        const got = ask(given, query.replace('%', `m[${steps * 15}s]`));
        expectVariance(query.startsWith('stdvar') ? 'stdvar' : '', got, wanted);
      }),
      { numRuns: 60 },
    );
  },
);

/** The plain formula of the variance is itself off by the rounding of large squares. */
function expectVariance(op: string, got: Map<string, number>, wanted: Map<string, number>): void {
  if (op !== 'stdvar') expectClose(got, wanted);
  else expectClose(mapped(got, Math.sqrt), mapped(wanted, Math.sqrt));
}

function mapped(from: Map<string, number>, change: (number: number) => number): Map<string, number> {
  return new Map([...from].map(([key, number]) => [key, change(number)]));
}

it('counts resets inside of any window as a walk over its samples does', () => {
  fc.assert(
    fc.property(series, fc.integer({ min: 2, max: 12 }), (given, steps) => {
      const wanted = new Map<string, number>();
      for (const one of given) {
        for (let step = 0; step <= 40; step++) {
          const values = windowAt(one, step, steps);
          const resets = values.filter((number, i) => i > 0 && number < (values[i - 1] ?? 0)).length;
          if (values.length > 0) wanted.set(`${one.labels['x']}${one.labels['y']}@${step}`, resets);
        }
      }
      expectClose(ask(given, `resets(m[${steps * 15}s])`), wanted);
    }),
    { numRuns: 60 },
  );
});

interface Drawn {
  readonly atMs: number;
  readonly number: number;
}

/** The documented rule for counters, word by word. */
function naiveIncrease(samples: readonly Drawn[], startMs: number, endMs: number): number | undefined {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || samples.length < 2) return undefined;
  let change = last.number - first.number;
  samples.forEach(({ number }, i) => {
    const before = samples[i - 1]?.number ?? number;
    if (number < before) change += before;
  });
  const sampled = last.atMs - first.atMs;
  const average = sampled / (samples.length - 1);
  let toStart = first.atMs - startMs;
  let toEnd = endMs - last.atMs;
  if (toStart >= average * 1.1) toStart = average / 2;
  if (change > 0 && first.number >= 0) toStart = Math.min(toStart, (sampled * first.number) / change);
  if (toEnd >= average * 1.1) toEnd = average / 2;
  return (change * (sampled + toStart + toEnd)) / sampled;
}

it('draws the increase of a counter out as the documented rule says', () => {
  const counters = fc.array(fc.option(fc.integer({ min: 0, max: 90 }), { nil: undefined }), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(counters, fc.integer({ min: 1, max: 20 }), (points, steps) => {
      const given = [{ labels: { __name__: 'm', x: '1', y: 'p' }, points }];
      const wanted = new Map<string, number>();
      for (let step = 0; step <= 40; step++) {
        const samples = points.flatMap((number, i) =>
          number === undefined || i > step || i <= step - steps ? [] : [{ atMs: i * stepMs, number }],
        );
        const increase = naiveIncrease(samples, (step - steps) * stepMs, step * stepMs);
        if (increase !== undefined) wanted.set(`1p@${step}`, increase);
      }
      expectClose(ask(given, `increase(m[${steps * 15}s])`), wanted);
      expectClose(ask(given, `rate(m[${steps * 15}s]) * ${steps * 15}`), wanted);
    }),
  );
});

it('pairs series as a loop over all pairs does', () => {
  fc.assert(
    fc.property(series, (given) => {
      const wanted = new Map<string, number>();
      for (let step = 0; step <= 40; step++) {
        for (const left of given.filter(({ labels }) => labels['y'] === 'p')) {
          for (const right of given.filter(({ labels }) => labels['y'] === 'q')) {
            const [a, b] = [windowAt(left, step, 20).at(-1), windowAt(right, step, 20).at(-1)];
            if (left.labels['x'] === right.labels['x'] && a !== undefined && b !== undefined)
              wanted.set(`${left.labels['x']}@${step}`, a - b);
          }
        }
      }
      expectClose(ask(given, 'm{y="p"} - ignoring (y) m{y="q"}'), wanted);
      expectClose(
        ask(given, 'm{y="p"} - on (x) group_left () sum by (x) (m{y="q"})'),
        relabelled(wanted, 'p'),
      );
    }),
    { numRuns: 60 },
  );
});

function relabelled(from: Map<string, number>, y: string): Map<string, number> {
  return new Map([...from].map(([key, number]) => [key.replace('@', `${y}@`), number]));
}

/** The line that leaves the least squares, from the textbook. */
function naiveLine(samples: readonly Drawn[], atMs: number): { slope: number; value: number } {
  const meanX = samples.reduce((sum, { atMs: x }) => sum + x / 1000, 0) / samples.length;
  const meanY = samples.reduce((sum, { number }) => sum + number, 0) / samples.length;
  let covariance = 0;
  let variance = 0;
  for (const { atMs: x, number } of samples) {
    covariance += (x / 1000 - meanX) * (number - meanY);
    variance += (x / 1000 - meanX) ** 2;
  }
  const slope = covariance / variance;
  return { slope, value: meanY + slope * (atMs / 1000 - meanX) };
}

it('draws the line through any window that the textbook draws', () => {
  fc.assert(
    fc.property(series, fc.integer({ min: 2, max: 25 }), (given, steps) => {
      const slopes = new Map<string, number>();
      const values = new Map<string, number>();
      for (const { labels, points } of given) {
        for (let step = 0; step <= 40; step++) {
          const samples = points.flatMap((number, i) =>
            number === undefined || i > step || i <= step - steps ? [] : [{ atMs: i * stepMs, number }],
          );
          if (samples.length < 2) continue;
          const line = naiveLine(samples, step * stepMs + 60_000);
          slopes.set(`${labels['x']}${labels['y']}@${step}`, line.slope);
          values.set(`${labels['x']}${labels['y']}@${step}`, line.value);
        }
      }
      expectClose(ask(given, `deriv(m[${steps * 15}s])`), slopes);
      expectClose(ask(given, `predict_linear(m[${steps * 15}s], 60)`), values);
    }),
  );
});

it('splits and joins sets without loss', () => {
  fc.assert(
    fc.property(series, (given) => {
      expectClose(ask(given, '(m and on (x) m{y="p"}) or (m unless on (x) m{y="p"})'), ask(given, 'm'));
      expectClose(ask(given, 'limit_ratio(0.3, m) or limit_ratio(-0.7, m)'), ask(given, 'm'));
    }),
    { numRuns: 60 },
  );
});

it('ranks as a sort of all values does', () => {
  fc.assert(
    fc.property(series, fc.integer({ min: 1, max: 4 }), (given, k) => {
      const counts = ask(given, 'count(m)');
      const kept = ask(given, `count(topk(${k}, m))`);
      expectClose(
        kept,
        mapped(counts, (count) => Math.min(k, count)),
      );
      expectClose(ask(given, 'max(topk(2, m))'), ask(given, 'max(m)'));
      expectClose(ask(given, 'sum(topk(99, m))'), ask(given, 'sum(m)'));
    }),
    { numRuns: 60 },
  );
});
