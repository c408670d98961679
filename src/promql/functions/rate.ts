import type { FloatHistogram } from '../../model/float-histogram.ts';
import type { Histograms } from '../column.ts';
import { addHistograms, subtractHistograms } from '../histogram/combine.ts';
import { isReset } from '../histogram/resets.ts';
import { compactHistogram, divideHistogram, multiplyHistogram, withReset } from '../histogram/scale.ts';
import { histogramChange } from './histogram-change.ts';
import { histogramIn, type RangeKernel, type Window } from './window.ts';

export type Change = 'rate' | 'increase' | 'delta';

/**
 * `rate`, `increase`, `delta`: the difference of last and first, with counters' resets made good, drawn out to the ends of
 * the range. It is drawn out at most half of the average distance of samples where the range's end is farther than 1.1
 * of that distance, and for counters never to below zero.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/querying/functions/#rate
 */
export function extrapolated(kind: Change): RangeKernel {
  const isCounter = kind !== 'delta';
  return (window) => {
    const { values, from, to } = window;
    const last = to - 1;
    if (last - from < 1) return singleSample(window, kind);
    const first = values[from] as number;
    let change = (values[last] as number) - first;
    if (isCounter) change += resetCorrection(window);
    const started = isCounter ? startedInRange(window) : undefined;
    if (started !== undefined) change += first;
    window.out = change * growth(window, kind, first, change, started);
    return true;
  };
}

/** As {@link extrapolated}, of histograms. What their counts would reach back to limits how far it is drawn out. */
export function extrapolatedHistogram(kind: Change): RangeKernel {
  const isCounter = kind !== 'delta';
  return (window) => {
    const first = histogramIn(window, window.from);
    const started = isCounter ? startedInRange(window) : undefined;
    let change: FloatHistogram | undefined;
    if (window.to - window.from >= 2) {
      change = histogramChange(window, isCounter);
      if (change === undefined) return false;
      if (started !== undefined) {
        const whole = addHistograms(change, first);
        if (whole === undefined) window.remarks.add('mixed-buckets');
        if (whole?.reconciled === true) window.remarks.add('reconciled-addition');
        change = whole?.histogram;
      }
    } else if (started !== undefined) change = first;
    if (change === undefined) return false;
    const factor = growth(window, kind, first.count, change.count, started);
    window.outHistogram = withReset(multiplyHistogram(change, factor), 'gauge');
    return true;
  };
}

/**
 * By what a change between the first and the last sample is to be multiplied. `first` and `change` are of the counter;
 * `started`: seconds from the counter's known start to the first sample.
 */
function growth(
  { timesMs, from, to, startMs, endMs }: Window,
  kind: Change,
  first: number,
  change: number,
  started: number | undefined,
): number {
  const firstMs = timesMs[from] as number;
  const lastMs = timesMs[to - 1] as number;
  const count = to - 1 - from;
  const sampled = (lastMs - firstMs) / 1000;
  const average = count === 0 ? 0 : sampled / count;
  const threshold = average * 1.1;
  let toStart = (firstMs - startMs) / 1000;
  let toEnd = (endMs - lastMs) / 1000;
  let whole = sampled;
  if (started !== undefined) {
    toStart = 0;
    whole += started;
  } else {
    if (toStart >= threshold) toStart = average / 2;
    if (kind !== 'delta' && change > 0 && first >= 0) toStart = Math.min(toStart, sampled * (first / change));
  }
  if (toEnd >= threshold) toEnd = average / 2;
  const factor = whole === 0 ? 1 : (whole + toStart + toEnd) / whole;
  return kind === 'rate' ? factor / ((endMs - startMs) / 1000) : factor;
}

/** Seconds from the first sample back to the counter's start, where that start is known and lies in the range. */
function startedInRange({ startsMs, timesMs, from, startMs }: Window): number | undefined {
  if (startsMs === undefined) return undefined;
  const started = startsMs[from] ?? 0;
  const firstMs = timesMs[from] ?? 0;
  if (started === 0 || started <= startMs || started >= firstMs) return undefined;
  return (firstMs - started) / 1000;
}

/** One sample says something only when the counter is known to have started within the range: all that it counted. */
function singleSample(window: Window, kind: Change): boolean {
  if (kind === 'delta' || startedInRange(window) === undefined) return false;
  const counted = window.values[window.from] ?? 0;
  window.out = kind === 'rate' ? counted / ((window.endMs - window.startMs) / 1000) : counted;
  return true;
}

/** What the counter had counted before each reset inside of the window. */
function resetCorrection({ resets, values, from, to, resetFrom }: Window): number {
  let correction = 0;
  for (let i = resetFrom; i < resets.length; i++) {
    const at = resets[i] as number;
    if (at >= to) break;
    if (at > from) correction += values[at - 1] as number;
  }
  return correction;
}

/**
 * Whether a sample's start timestamp says that the counter began again after the sample before: it lies after that
 * sample, or on it where that sample has a start of its own (a delta series). A start at the sample itself says nothing.
 */
export function isStartReset(
  previousStartMs: number,
  previousMs: number,
  startMs: number,
  atMs: number,
): boolean {
  if (startMs === 0 || startMs >= atMs || startMs < previousMs) return false;
  return startMs > previousMs || (previousStartMs !== 0 && previousStartMs < previousMs);
}

/** Where a counter was reset: the value fell, the histogram says so, the kind of sample changed, or the start timestamp says so. */
export function resetsOf({
  values,
  timesMs,
  startsMs,
  histograms,
}: {
  readonly values: Float64Array;
  readonly timesMs: Float64Array;
  readonly startsMs: Float64Array | undefined;
  readonly histograms: Histograms | undefined;
}): readonly number[] {
  const resets: number[] = [];
  for (let i = 1; i < values.length; i++) {
    const fell =
      histograms === undefined
        ? (values[i] as number) < (values[i - 1] as number)
        : isMixedReset(values, histograms, i);
    if (fell || (startsMs !== undefined && startReset(timesMs, startsMs, i))) resets.push(i);
  }
  return resets;
}

function isMixedReset(values: Float64Array, histograms: Histograms, i: number): boolean {
  const current = histograms[i];
  const previous = histograms[i - 1];
  if (current !== undefined && previous !== undefined) return isReset(current, previous);
  if (current !== undefined || previous !== undefined) return true;
  return (values[i] as number) < (values[i - 1] as number);
}

function startReset(timesMs: Float64Array, startsMs: Float64Array, i: number): boolean {
  return isStartReset(startsMs[i - 1] ?? 0, timesMs[i - 1] ?? 0, startsMs[i] ?? 0, timesMs[i] ?? 0);
}

/** Whether a sample claims to have counted since before the sample ahead of it, but not since that one's start. */
export function startsOverlap({
  timesMs,
  startsMs,
}: {
  readonly timesMs: Float64Array;
  readonly startsMs: Float64Array | undefined;
}): boolean {
  if (startsMs === undefined) return false;
  for (let i = 1; i < startsMs.length; i++) {
    const start = startsMs[i] as number;
    if (start !== 0 && start < (timesMs[i - 1] as number) && start !== startsMs[i - 1]) return true;
  }
  return false;
}

/** `irate` and `idelta`: from the last two samples only. */
export function instantChange(isRate: boolean): RangeKernel {
  return (window) => {
    const { timesMs, values, to, startsMs, histograms } = window;
    if (to - window.from < 2) return false;
    const elapsedMs = (timesMs[to - 1] as number) - (timesMs[to - 2] as number);
    if (elapsedMs === 0) return false;
    if (histograms !== undefined) {
      const last = histograms[to - 1];
      const previous = histograms[to - 2];
      if (last !== undefined && previous !== undefined)
        return instantHistogramChange(window, last, previous, isRate);
      if (last !== undefined || previous !== undefined) {
        window.remarks.add('mixed-samples');
        return false;
      }
    }
    const last = values[to - 1] as number;
    const previous = values[to - 2] as number;
    const reset =
      isRate && (last < previous || (startsMs !== undefined && startReset(timesMs, startsMs, to - 1)));
    const change = reset ? last : last - previous;
    window.out = isRate ? change / (elapsedMs / 1000) : change;
    return true;
  };
}

function instantHistogramChange(
  window: Window,
  last: FloatHistogram,
  previous: FloatHistogram,
  isRate: boolean,
): boolean {
  const { timesMs, startsMs, to, remarks } = window;
  const gauges = Number(last.counterReset === 'gauge') + Number(previous.counterReset === 'gauge');
  if (isRate && gauges > 0) remarks.add('not-counter');
  if (!isRate && gauges < 2) remarks.add('not-gauge');
  const reset =
    isRate && ((startsMs !== undefined && startReset(timesMs, startsMs, to - 1)) || isReset(last, previous));
  let change = last;
  if (!reset) {
    const difference = subtractHistograms(last, previous);
    if (difference === undefined) {
      remarks.add('mixed-buckets');
      return false;
    }
    if (difference.reconciled) remarks.add('reconciled-subtraction');
    change = difference.histogram;
  }
  change = withReset(compactHistogram(change), 'gauge');
  const elapsedMs = (timesMs[to - 1] as number) - (timesMs[to - 2] as number);
  window.outHistogram = isRate ? divideHistogram(change, elapsedMs / 1000) : change;
  return true;
}

/** `resets`: how often the counter fell. */
export const resets: RangeKernel = (window) => {
  let count = 0;
  for (let i = window.resetFrom; i < window.resets.length; i++) {
    const at = window.resets[i] as number;
    if (at >= window.to) break;
    if (at > window.from) count++;
  }
  window.out = count;
  return true;
};
