import { absent, float } from './column.ts';

/** What an aggregation needs of a column. */
interface Samples {
  readonly values: Float64Array;
  readonly present: Uint8Array;
}

/** One group of an aggregation in the making: columns are added one by one, then it is finished into `values`. */
export interface Accumulator {
  readonly values: Float64Array;
  /** Which steps have an answer. */
  readonly present: Uint8Array;
  add(column: Samples): void;
  finish(): void;
}

function start(steps: number) {
  return { values: new Float64Array(steps), present: new Uint8Array(steps) };
}

/** Neumaier's compensated sum. */
function sum(steps: number): Accumulator {
  const { values: sums, present: seen } = start(steps);
  const rest = new Float64Array(steps);
  return {
    values: sums,
    present: seen,
    add({ values, present }) {
      for (let step = 0; step < steps; step++) {
        if (present[step] !== float) continue;
        const value = values[step] as number;
        const before = sums[step] as number;
        const next = before + value;
        if (next === Number.POSITIVE_INFINITY || next === Number.NEGATIVE_INFINITY) rest[step] = 0;
        else if (Math.abs(before) >= Math.abs(value))
          rest[step] = (rest[step] as number) + (before - next + value);
        else rest[step] = (rest[step] as number) + (value - next + before);
        sums[step] = next;
        seen[step] = float;
      }
    },
    finish() {
      for (let step = 0; step < steps; step++) sums[step] = (sums[step] as number) + (rest[step] as number);
    },
  };
}

/** The compensated sum by the count; where the sum would overflow, the running mean from there on. */
function avg(steps: number): Accumulator {
  const { values: sums, present: seen } = start(steps);
  const rest = new Float64Array(steps);
  const counts = new Float64Array(steps);
  let means: Uint8Array | undefined;
  return {
    values: sums,
    present: seen,
    add({ values, present }) {
      for (let step = 0; step < steps; step++) {
        if (present[step] !== float) continue;
        seen[step] = float;
        const count = (counts[step] as number) + 1;
        counts[step] = count;
        let value = values[step] as number;
        let before = sums[step] as number;
        let next = before + value;
        const overflows = next === Number.POSITIVE_INFINITY || next === Number.NEGATIVE_INFINITY;
        if (means?.[step] === 1 || (overflows && count > 1)) {
          means ??= new Uint8Array(steps);
          const share = means[step] === 1 ? (count - 1) / count : 1 / count;
          means[step] = 1;
          before *= share;
          rest[step] = (rest[step] as number) * share;
          value /= count;
          next = before + value;
        }
        if (next === Number.POSITIVE_INFINITY || next === Number.NEGATIVE_INFINITY) rest[step] = 0;
        else if (Math.abs(before) >= Math.abs(value))
          rest[step] = (rest[step] as number) + (before - next + value);
        else rest[step] = (rest[step] as number) + (value - next + before);
        sums[step] = next;
      }
    },
    finish() {
      for (let step = 0; step < steps; step++) {
        const count = means?.[step] === 1 ? 1 : (counts[step] as number);
        sums[step] = (sums[step] as number) / count + (rest[step] as number) / count;
      }
    },
  };
}

/** Of samples of any kind. */
function count(steps: number): Accumulator {
  const { values: counts, present: seen } = start(steps);
  return {
    values: counts,
    present: seen,
    add({ present }) {
      for (let step = 0; step < steps; step++) {
        if (present[step] === absent) continue;
        counts[step] = (counts[step] as number) + 1;
        seen[step] = float;
      }
    },
    finish: () => undefined,
  };
}

function group(steps: number): Accumulator {
  const counted = count(steps);
  return { ...counted, finish: () => void counted.values.fill(1) };
}

/** NaN gives way to any number. */
function extreme(sign: 1 | -1): (steps: number) => Accumulator {
  return (steps) => {
    const { values: best, present: seen } = start(steps);
    return {
      values: best,
      present: seen,
      add({ values, present }) {
        for (let step = 0; step < steps; step++) {
          if (present[step] !== float) continue;
          const value = values[step] as number;
          const known = best[step] as number;
          if (seen[step] === absent || sign * value > sign * known || Number.isNaN(known)) best[step] = value;
          seen[step] = float;
        }
      },
      finish: () => undefined,
    };
  };
}

/** Welford's running variance. */
function variance(result: (variance: number) => number): (steps: number) => Accumulator {
  return (steps) => {
    const { values: squares, present: seen } = start(steps);
    const means = new Float64Array(steps);
    const counts = new Float64Array(steps);
    return {
      values: squares,
      present: seen,
      add({ values, present }) {
        for (let step = 0; step < steps; step++) {
          if (present[step] !== float) continue;
          const value = values[step] as number;
          const n = (counts[step] as number) + 1;
          counts[step] = n;
          const delta = value - (means[step] as number);
          means[step] = (means[step] as number) + delta / n;
          squares[step] = (squares[step] as number) + delta * (value - (means[step] as number));
          seen[step] = float;
        }
      },
      finish() {
        for (let step = 0; step < steps; step++)
          squares[step] = result((squares[step] as number) / (counts[step] as number));
      },
    };
  };
}

/** The aggregations to which series can be added one by one. */
export const accumulators = {
  sum,
  avg,
  count,
  group,
  min: extreme(-1),
  max: extreme(1),
  stdvar: variance((value) => value),
  stddev: variance(Math.sqrt),
} as const;
