import type { FloatHistogram } from '../../model/float-histogram.ts';
import { QueryFailedError } from '../errors.ts';
import { equalHistograms } from '../histogram/scale.ts';
import { averageHistograms, sumHistograms, type Totalled } from '../histogram/total.ts';
import { KahanMean, KahanSum } from '../kahan.ts';
import { quantile, sortedQuantile } from '../quantile.ts';
import { extrapolated, extrapolatedHistogram, instantChange, resets } from './rate.ts';
import {
  type SlidingKernel,
  slidingCount,
  slidingExtreme,
  slidingMean,
  slidingQuantile,
  slidingSum,
  slidingVariance,
} from './sliding.ts';
import { slidingLine } from './sliding-line.ts';
import { histogramIn, type RangeKernel, type Window } from './window.ts';

const sum = new KahanSum();
const mean = new KahanMean();

const sumOverTime: RangeKernel = (window) => {
  const { values, from, to } = window;
  // Neumaier's sum written out: the function call for each sample would cost more than the additions.
  let total = 0;
  let rest = 0;
  for (let i = from; i < to; i++) {
    const value = values[i] as number;
    const next = total + value;
    if (next === Number.POSITIVE_INFINITY || next === Number.NEGATIVE_INFINITY) rest = 0;
    else if (Math.abs(total) >= Math.abs(value)) rest += total - next + value;
    else rest += value - next + total;
    total = next;
  }
  window.out = total + rest;
  return true;
};

const avgOverTime: RangeKernel = (window) => {
  const { values, from, to } = window;
  mean.reset();
  for (let i = from; i < to; i++) mean.add(values[i] as number);
  window.out = mean.mean;
  return true;
};

/** The index of the extreme; of equal ones the last for `ts_of_…`, which the values do not tell apart. */
function extremeAt({ values, from, to }: Window, sign: 1 | -1): number {
  let best = from;
  for (let i = from + 1; i < to; i++) {
    const value = values[i] as number;
    const known = values[best] as number;
    if (sign * value >= sign * known || Number.isNaN(known)) best = i;
  }
  return best;
}

function extreme(sign: 1 | -1): RangeKernel {
  return (window) => {
    window.out = window.values[extremeAt(window, sign)] as number;
    return true;
  };
}

function timeOfExtreme(sign: 1 | -1): RangeKernel {
  return (window) => {
    window.out = (window.timesMs[extremeAt(window, sign)] as number) / 1000;
    return true;
  };
}

/** Welford's running variance, with compensated sums. */
function variance({ values, from, to }: Window): number {
  let average = 0;
  let averageRest = 0;
  sum.reset();
  for (let i = from; i < to; i++) {
    const value = values[i] as number;
    const count = i - from + 1;
    const delta = value - (average + averageRest);
    const step = delta / count;
    const next = average + step;
    averageRest += Math.abs(average) >= Math.abs(step) ? average - next + step : step - next + average;
    average = next;
    sum.add(delta * (value - (average + averageRest)));
  }
  return sum.total / (to - from);
}

function slope(window: Window, interceptMs: number): { slope: number; intercept: number } {
  const { values, timesMs, from, to } = window;
  const first = values[from] as number;
  let constant = true;
  const sumX = new KahanSum();
  const sumY = new KahanSum();
  const sumXY = new KahanSum();
  const sumX2 = new KahanSum();
  for (let i = from; i < to; i++) {
    const y = values[i] as number;
    if (constant && i > from && y !== first) constant = false;
    const x = ((timesMs[i] as number) - interceptMs) / 1000;
    sumX.add(x);
    sumY.add(y);
    sumXY.add(x * y);
    sumX2.add(x * x);
  }
  if (constant)
    return Number.isFinite(first)
      ? { slope: 0, intercept: first }
      : { slope: Number.NaN, intercept: Number.NaN };
  const count = to - from;
  const covariance = sumXY.total - (sumX.total * sumY.total) / count;
  const varianceX = sumX2.total - (sumX.total * sumX.total) / count;
  const rise = covariance / varianceX;
  return { slope: rise, intercept: sumY.total / count - (rise * sumX.total) / count };
}

const deriv: RangeKernel = (window) => {
  if (window.to - window.from < 2) return false;
  window.out = slope(window, window.timesMs[window.from] as number).slope;
  return true;
};

const predictLinear: RangeKernel = (window) => {
  if (window.to - window.from < 2) return false;
  const line = slope(window, window.atMs);
  window.out = line.slope * window.first + line.intercept;
  return true;
};

const doubleExponentialSmoothing: RangeKernel = (window) => {
  const { values, from, to, first: smoothing, second: trendFactor } = window;
  if (!(smoothing > 0 && smoothing < 1))
    throw new QueryFailedError(
      `invalid smoothing factor. Expected: 0 < sf < 1, got: ${smoothing.toFixed(6)}`,
    );
  if (!(trendFactor > 0 && trendFactor < 1))
    throw new QueryFailedError(`invalid trend factor. Expected: 0 < tf < 1, got: ${trendFactor.toFixed(6)}`);
  if (to - from < 2) return false;
  let before = 0;
  let smooth = values[from] as number;
  let trend = (values[from + 1] as number) - smooth;
  for (let i = from + 1; i < to; i++) {
    if (i > from + 1) trend = trendFactor * (smooth - before) + (1 - trendFactor) * trend;
    const next = smoothing * (values[i] as number) + (1 - smoothing) * (smooth + trend);
    before = smooth;
    smooth = next;
  }
  window.out = smooth;
  return true;
};

const changes: RangeKernel = (window) => {
  const { values, from, to, histograms } = window;
  let count = 0;
  for (let i = from + 1; i < to; i++) {
    if (histograms !== undefined && (histograms[i] !== undefined || histograms[i - 1] !== undefined)) {
      if (histogramsDiffer(histograms[i], histograms[i - 1])) count++;
      continue;
    }
    if (isChange(values, i)) count++;
  }
  window.out = count;
  return true;
};

function isChange(values: Float64Array, i: number): boolean {
  const value = values[i] as number;
  const before = values[i - 1] as number;
  return value !== before && !(Number.isNaN(value) && Number.isNaN(before));
}

function histogramsDiffer(left: FloatHistogram | undefined, right: FloatHistogram | undefined): boolean {
  return left === undefined || right === undefined || !equalHistograms(left, right);
}

/** The sample at an index as it is. */
function pick(indexOf: (window: Window) => number): RangeKernel {
  return (window) => {
    const index = indexOf(window);
    window.outHistogram = window.histograms?.[index];
    window.out = window.values[index] as number;
    return true;
  };
}

function total(add: (histograms: readonly FloatHistogram[]) => Totalled | undefined): RangeKernel {
  return (window) => {
    const histograms: FloatHistogram[] = [];
    for (let i = window.from; i < window.to; i++) histograms.push(histogramIn(window, i));
    const totalled = add(histograms);
    if (totalled === undefined) {
      window.remarks.add('mixed-buckets');
      return false;
    }
    if (totalled.conflict) window.remarks.add('conflict-aggregation');
    if (totalled.reconciled) window.remarks.add('reconciled-aggregation');
    window.outHistogram = totalled.histogram;
    return true;
  };
}

const quantileOverTime: RangeKernel = (window) => {
  window.out = quantile(window.first, window.values.slice(window.from, window.to));
  return true;
};

const madOverTime: RangeKernel = (window) => {
  const values = window.values.slice(window.from, window.to);
  window.out = Number.NaN;
  if (values.some(Number.isNaN)) return true;
  const median = quantile(0.5, values);
  window.out = quantile(
    0.5,
    values.map((value) => Math.abs(value - median)),
  );
  return true;
};

function constant(read: (window: Window) => number): RangeKernel {
  return (window) => {
    window.out = read(window);
    return true;
  };
}

/** A range function: how it computes, and what it needs and keeps. */
export interface RangeFunction {
  /** Of floats; of any samples where `anySample` is set. */
  readonly kernel: RangeKernel;
  /** The kernel for windows of floats that overlap much. */
  readonly sliding?: () => SlidingKernel;
  /** Of ranges that hold histograms only. Ranges that hold both have no answer then, and a remark. */
  readonly histogramKernel?: RangeKernel;
  /** The kernel looks at `window.histograms` itself. Without this and {@link histogramKernel}, histograms are ignored. */
  readonly anySample?: true;
  /** Whether the result is still what the metric's name says. */
  readonly keepsName?: true;
  readonly needsResets?: true;
  /** Place of the range vector among the arguments; the others are scalars. 0 where not stated. */
  readonly rangeArg?: number;
}

/** The functions of one range vector that answer series by series. */
export const rangeFunctions: ReadonlyMap<string, RangeFunction> = new Map<string, RangeFunction>([
  [
    'rate',
    { kernel: extrapolated('rate'), histogramKernel: extrapolatedHistogram('rate'), needsResets: true },
  ],
  [
    'increase',
    {
      kernel: extrapolated('increase'),
      histogramKernel: extrapolatedHistogram('increase'),
      needsResets: true,
    },
  ],
  ['delta', { kernel: extrapolated('delta'), histogramKernel: extrapolatedHistogram('delta') }],
  ['irate', { kernel: instantChange(true), anySample: true }],
  ['idelta', { kernel: instantChange(false), anySample: true }],
  ['resets', { kernel: resets, needsResets: true, anySample: true }],
  ['changes', { kernel: changes, anySample: true, sliding: () => slidingCount(isChange) }],
  ['deriv', { kernel: deriv, sliding: () => slidingLine(({ slope }) => slope) }],
  [
    'predict_linear',
    {
      kernel: predictLinear,
      sliding: () => slidingLine((line, { atMs, first }) => line.valueAt(atMs + first * 1000)),
    },
  ],
  ['double_exponential_smoothing', { kernel: doubleExponentialSmoothing }],
  ['sum_over_time', { kernel: sumOverTime, sliding: slidingSum, histogramKernel: total(sumHistograms) }],
  ['avg_over_time', { kernel: avgOverTime, sliding: slidingMean, histogramKernel: total(averageHistograms) }],
  ['min_over_time', { kernel: extreme(-1), sliding: () => slidingExtreme(-1) }],
  ['max_over_time', { kernel: extreme(1), sliding: () => slidingExtreme(1) }],
  ['count_over_time', { kernel: constant(({ from, to }) => to - from), anySample: true }],
  ['present_over_time', { kernel: constant(() => 1), anySample: true }],
  ['last_over_time', { kernel: pick(({ to }) => to - 1), keepsName: true, anySample: true }],
  ['first_over_time', { kernel: pick(({ from }) => from), keepsName: true, anySample: true }],
  ['stdvar_over_time', { kernel: constant(variance), sliding: () => slidingVariance((value) => value) }],
  [
    'stddev_over_time',
    { kernel: constant((window) => Math.sqrt(variance(window))), sliding: () => slidingVariance(Math.sqrt) },
  ],
  [
    'quantile_over_time',
    { kernel: quantileOverTime, sliding: () => slidingQuantile(sortedQuantile), rangeArg: 1 },
  ],
  ['mad_over_time', { kernel: madOverTime }],
  [
    'ts_of_first_over_time',
    { kernel: constant(({ timesMs, from }) => (timesMs[from] as number) / 1000), anySample: true },
  ],
  [
    'ts_of_last_over_time',
    { kernel: constant(({ timesMs, to }) => (timesMs[to - 1] as number) / 1000), anySample: true },
  ],
  ['ts_of_min_over_time', { kernel: timeOfExtreme(-1) }],
  ['ts_of_max_over_time', { kernel: timeOfExtreme(1) }],
]);
