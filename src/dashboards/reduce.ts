import type { Cell } from './frames.ts';

/** Ways of making one number of many, by Grafana's ids, and what people call them. */
export const reducers = {
  lastNotNull: { title: 'Last', of: (values: Numbers) => values.known.at(-1) },
  last: { title: 'Last', of: ({ all }: Numbers) => all.at(-1) ?? undefined },
  firstNotNull: { title: 'First', of: (values: Numbers) => values.known[0] },
  first: { title: 'First', of: ({ all }: Numbers) => all[0] ?? undefined },
  min: { title: 'Min', of: ({ known }: Numbers) => extreme(known, (a, b) => a < b) },
  max: { title: 'Max', of: ({ known }: Numbers) => extreme(known, (a, b) => a > b) },
  mean: { title: 'Mean', of: ({ known }: Numbers) => meanOf(known) },
  median: { title: 'Median', of: ({ known }: Numbers) => median(known) },
  sum: { title: 'Total', of: ({ known }: Numbers) => (known.length === 0 ? undefined : sum(known)) },
  count: { title: 'Count', of: ({ all }: Numbers) => all.length },
  range: {
    title: 'Range',
    of: ({ known }: Numbers) =>
      minus(
        extreme(known, (a, b) => a > b),
        extreme(known, (a, b) => a < b),
      ),
  },
  delta: { title: 'Delta', of: ({ known }: Numbers) => increase(known) },
  diff: { title: 'Difference', of: ({ known }: Numbers) => minus(known.at(-1), known[0]) },
  diffperc: {
    title: 'Difference %',
    of: ({ known }: Numbers) => {
      const difference = minus(known.at(-1), known[0]);
      return difference === undefined || known[0] === 0 ? undefined : difference / (known[0] ?? 1);
    },
  },
  stdDev: { title: 'Std dev', of: ({ known }: Numbers) => root(variance(known)) },
  variance: { title: 'Variance', of: ({ known }: Numbers) => variance(known) },
  distinctCount: { title: 'Distinct', of: ({ all }: Numbers) => new Set(all).size },
  changeCount: {
    title: 'Changes',
    of: ({ all }: Numbers) => all.filter((value, i) => i > 0 && value !== all[i - 1]).length,
  },
} satisfies Readonly<Record<string, { readonly title: string; of(values: Numbers): number | undefined }>>;

interface Numbers {
  readonly all: readonly (number | null)[];
  /** Those that are there. */
  readonly known: readonly number[];
}

export type Reducer = keyof typeof reducers;

export function isReducer(id: string): id is Reducer {
  return Object.hasOwn(reducers, id);
}

/** Several reducers of a list of options; what is not known is left out. */
export function reducersOf(ids: readonly unknown[]): Reducer[] {
  return ids.filter((id): id is Reducer => typeof id === 'string' && isReducer(id));
}

/** One number of many, of which some may be missing; undefined where there is none. */
export function reduce(values: readonly Cell[], reducer: Reducer): number | undefined {
  const all = values.map((value) => (typeof value === 'number' && !Number.isNaN(value) ? value : null));
  return reducers[reducer].of({ all, known: all.filter((value) => value !== null) });
}

function extreme(values: readonly number[], isBetter: (a: number, b: number) => boolean): number | undefined {
  let best = values[0];
  for (const value of values) if (best === undefined || isBetter(value, best)) best = value;
  return best;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function meanOf(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : sum(values) / values.length;
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  if (upper === undefined || sorted.length % 2 === 1) return upper;
  return ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** What a counter grew by, resets included. */
function increase(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  let total = 0;
  for (let i = 1; i < values.length; i++) {
    const step = (values[i] ?? 0) - (values[i - 1] ?? 0);
    total += step >= 0 ? step : (values[i] ?? 0);
  }
  return total;
}

function variance(values: readonly number[]): number | undefined {
  const mean = meanOf(values);
  if (mean === undefined) return undefined;
  return sum(values.map((value) => (value - mean) ** 2)) / values.length;
}

function root(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.sqrt(value);
}

function minus(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a - b;
}
