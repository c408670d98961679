import type { RangeKernel, Window } from './window.ts';

/**
 * `rate`, `increase`, `delta`: the difference of last and first, with counters' resets made good, drawn out to the ends of
 * the range. It is drawn out at most half of the average distance of samples where the range's end is farther than 1.1
 * of that distance, and for counters never to below zero.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/querying/functions/#rate
 */
export function extrapolated(kind: 'rate' | 'increase' | 'delta'): RangeKernel {
  const isCounter = kind !== 'delta';
  return (window) => {
    const { timesMs, values, from, to } = window;
    const last = to - 1;
    if (last - from < 1) return singleSample(window, kind);
    const first = values[from] as number;
    let change = (values[last] as number) - first;
    if (isCounter) change += resetCorrection(window);
    const firstMs = timesMs[from] as number;
    const lastMs = timesMs[last] as number;
    const sampled = (lastMs - firstMs) / 1000;
    const average = sampled / (last - from);
    const threshold = average * 1.1;
    let toStart = (firstMs - window.startMs) / 1000;
    let toEnd = (window.endMs - lastMs) / 1000;
    const fromZero = isCounter ? startedInRange(window) : undefined;
    if (fromZero !== undefined) {
      change += first;
      toStart = fromZero;
    } else {
      if (toStart >= threshold) toStart = average / 2;
      if (isCounter && change > 0 && first >= 0) toStart = Math.min(toStart, sampled * (first / change));
    }
    if (toEnd >= threshold) toEnd = average / 2;
    let factor = (sampled + toStart + toEnd) / (sampled + (fromZero ?? 0));
    if (kind === 'rate') factor /= (window.endMs - window.startMs) / 1000;
    window.out = change * factor;
    return true;
  };
}

/** Seconds from the first sample back to the counter's start, where that start is known and lies in the range. */
function startedInRange({ startsMs, timesMs, from, startMs }: Window): number | undefined {
  const started = startsMs?.[from] ?? 0;
  const firstMs = timesMs[from] ?? 0;
  if (started === 0 || started <= startMs || started >= firstMs) return undefined;
  return (firstMs - started) / 1000;
}

/** One sample says something only when the counter is known to have started within the range: all that it counted. */
function singleSample(window: Window, kind: 'rate' | 'increase' | 'delta'): boolean {
  if (kind === 'delta' || startedInRange(window) === undefined) return false;
  const counted = window.values[window.from] ?? 0;
  window.out = kind === 'rate' ? counted / ((window.endMs - window.startMs) / 1000) : counted;
  return true;
}

/** What the counter had counted before each reset inside of the window. */
function resetCorrection(window: Window): number {
  const { resets, values, from, to } = window;
  let correction = 0;
  for (let i = window.resetFrom; i < resets.length; i++) {
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

/** Where a counter was reset: the value fell, or the start timestamp says so. */
export function resetsOf(
  values: Float64Array,
  timesMs: Float64Array,
  startsMs: Float64Array | undefined,
): readonly number[] {
  const resets: number[] = [];
  for (let i = 1; i < values.length; i++) {
    const fell = (values[i] as number) < (values[i - 1] as number);
    if (fell || (startsMs !== undefined && startReset(timesMs, startsMs, i))) resets.push(i);
  }
  return resets;
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
    const { timesMs, values, to, startsMs } = window;
    if (to - window.from < 2) return false;
    const last = values[to - 1] as number;
    const previous = values[to - 2] as number;
    const elapsedMs = (timesMs[to - 1] as number) - (timesMs[to - 2] as number);
    if (elapsedMs === 0) return false;
    const reset =
      isRate && (last < previous || (startsMs !== undefined && startReset(timesMs, startsMs, to - 1)));
    const change = reset ? last : last - previous;
    window.out = isRate ? change / (elapsedMs / 1000) : change;
    return true;
  };
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
