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

it.each(Object.entries(naive))('slides over ranges as the plain formula does: %s', (op, formula) => {
  fc.assert(
    fc.property(series, fc.integer({ min: 1, max: 12 }), (given, steps) => {
      const wanted = new Map<string, number>();
      for (const one of given) {
        for (let step = 0; step <= 40; step++) {
          const values = windowAt(one, step, steps);
          if (values.length > 0) wanted.set(`${one.labels['x']}${one.labels['y']}@${step}`, formula(values));
        }
      }
      expectVariance(op, ask(given, `${op}_over_time(m[${steps * 15}s])`), wanted);
    }),
    { numRuns: 60 },
  );
});

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
