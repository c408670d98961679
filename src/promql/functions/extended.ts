import type { RangeKernel, Window } from './window.ts';

/**
 * `anchored` takes the last sample before the range along and reads the change between the range's true ends;
 * `smoothed` also draws lines between samples, to tell the values exactly at both ends. Neither extrapolates.
 *
 * The window's samples begin with the one at or before the start (where there is one within the look-back), and for
 * `smoothed` end with the one at or after the end.
 */
export function extendedChange(kind: 'rate' | 'increase' | 'delta', smoothed: boolean): RangeKernel {
  const isCounter = kind !== 'delta';
  return (window) => {
    const { timesMs, values, startMs, endMs } = window;
    let first = window.from;
    let last = window.to - 1;
    if ((timesMs[last] ?? 0) <= startMs) return false;
    if (smoothed && (timesMs[first] ?? 0) > endMs) return false;
    const left =
      smoothed && (timesMs[first] ?? 0) < startMs
        ? between(window, first, startMs, isCounter)
        : (values[first] ?? 0);
    const right =
      smoothed && last > first && (timesMs[last] ?? 0) > endMs
        ? between(window, last - 1, endMs, isCounter)
        : (values[last] ?? 0);
    let change = right - left;
    if (isCounter) {
      if ((timesMs[first] ?? 0) <= startMs) first++;
      if ((timesMs[last] ?? 0) >= endMs) last--;
      let before = left;
      for (let i = first; i <= last; i++) {
        const value = values[i] ?? 0;
        if (value < before) change += before;
        before = value;
      }
      if (right < before) change += before;
    }
    window.out = kind === 'rate' ? change / ((endMs - startMs) / 1000) : change;
    return true;
  };
}

/** The value at a time between sample `at` and the next; a counter that fell in between began at zero. */
function between({ timesMs, values }: Window, at: number, timeMs: number, isCounter: boolean): number {
  const fromMs = timesMs[at] ?? 0;
  const toMs = timesMs[at + 1] ?? fromMs;
  const to = values[at + 1] ?? 0;
  const value = values[at] ?? 0;
  const from = isCounter && to < value ? 0 : value;
  return toMs === fromMs ? to : from + ((to - from) * (timeMs - fromMs)) / (toMs - fromMs);
}
