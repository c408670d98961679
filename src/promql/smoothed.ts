import type { FloatHistogram } from '../model/float-histogram.ts';
import { float, type NewColumn, setHistogram } from './column.ts';
import { interpolateHistograms } from './histogram/interpolate.ts';
import { isCustom } from './histogram/parts.ts';
import type { SelectedSeries } from './queryable.ts';
import type { HistogramRemark } from './remarks.ts';
import type { ReferenceTimes } from './select-series.ts';

/**
 * `v smoothed`: between two samples the value lies on the line between them; after the last, it stays. A counter histogram
 * that was reset in between began at zero.
 */
export function fillSmoothed(
  series: SelectedSeries,
  column: NewColumn,
  times: ReferenceTimes,
  lookbackMs: number,
): { readonly count: number; readonly remarks: ReadonlySet<HistogramRemark> } {
  const { timesMs, values, histograms } = series;
  const remarks = new Set<HistogramRemark>();
  let count = 0;
  let next = 0;
  for (let step = 0; step < column.values.length; step++) {
    const refMs = times.firstMs + step * times.stepMs;
    while (next < timesMs.length && (timesMs[next] ?? 0) <= refMs) next++;
    const at = next - 1;
    const atMs = timesMs[at];
    if (atMs === undefined || atMs <= refMs - lookbackMs) continue;
    const nextMs = timesMs[next];
    const isAlone = nextMs === undefined || atMs === refMs || nextMs > refMs + lookbackMs;
    const histogram = histograms?.[at];
    const nextHistogram = histograms?.[next];
    if (histograms !== undefined && mixes(series, refMs, lookbackMs)) {
      remarks.add('mixed-samples');
      continue;
    }
    if (histogram !== undefined) {
      if (!isAlone && nextHistogram !== undefined && isCustom(histogram) !== isCustom(nextHistogram)) {
        remarks.add('mixed-buckets');
        continue;
      }
      const between =
        isAlone || nextHistogram === undefined
          ? histogram
          : lineBetween(histogram, nextHistogram, (refMs - atMs) / (nextMs - atMs), remarks);
      if (between === undefined) continue;
      setHistogram(column, step, between);
    } else {
      const value = values[at] ?? 0;
      column.present[step] = float;
      column.values[step] = isAlone
        ? value
        : value + (((values[next] ?? 0) - value) * (refMs - atMs)) / (nextMs - atMs);
    }
    count++;
  }
  return { count, remarks };
}

/** Whether floats and histograms stand within the look-back of a time, on both sides. */
function mixes({ timesMs, histograms }: SelectedSeries, refMs: number, lookbackMs: number): boolean {
  let floats = false;
  let others = false;
  for (let i = 0; i < timesMs.length; i++) {
    const atMs = timesMs[i] as number;
    if (atMs <= refMs - lookbackMs || atMs > refMs + lookbackMs) continue;
    if (histograms?.[i] === undefined) floats = true;
    else others = true;
  }
  return floats && others;
}

function lineBetween(
  left: FloatHistogram,
  right: FloatHistogram,
  share: number,
  remarks: Set<HistogramRemark>,
): FloatHistogram | undefined {
  return interpolateHistograms(left, right, share, left.counterReset !== 'gauge', remarks);
}
