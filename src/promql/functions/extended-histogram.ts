import type { FloatHistogram } from '../../model/float-histogram.ts';
import { addHistograms, type Combined, subtractHistograms } from '../histogram/combine.ts';
import { interpolateHistograms } from '../histogram/interpolate.ts';
import { isCustom } from '../histogram/parts.ts';
import { isReset } from '../histogram/resets.ts';
import { compactHistogram, divideHistogram, withReset } from '../histogram/scale.ts';
import type { Change } from './rate.ts';
import { histogramIn, type RangeKernel, type Window } from './window.ts';

/** `anchored` and `smoothed` changes of histograms; the window is made as for `extendedChange`. */
export function extendedHistogramChange(kind: Change, smoothed: boolean): RangeKernel {
  const isCounter = kind !== 'delta';
  return (window) => {
    const { timesMs, startMs, endMs, from, to } = window;
    const last = to - 1;
    if ((timesMs[last] ?? 0) <= startMs) return false;
    if (smoothed && (timesMs[from] ?? 0) > endMs) return false;
    if (!areAlike(window, isCounter)) return false;
    const left = leftEnd(window, smoothed, isCounter);
    const right = rightEnd(window, smoothed, isCounter);
    if (left === undefined || right === undefined) return false;
    if (!isCounter && (left.counterReset !== 'gauge' || right.counterReset !== 'gauge'))
      window.remarks.add('not-gauge');
    let change = take(window, subtractHistograms(right, left), false);
    if (change === undefined) return false;
    if (isCounter) {
      for (const lost of lostInResets(window, left, right, smoothed)) {
        change = take(window, addHistograms(change, lost), true);
        if (change === undefined) return false;
      }
    }
    if (kind === 'rate') change = divideHistogram(change, (endMs - startMs) / 1000);
    window.outHistogram = withReset(compactHistogram(change), 'gauge');
    return true;
  };
}

function take(
  { remarks }: Window,
  combined: Combined | undefined,
  adds: boolean,
): FloatHistogram | undefined {
  if (combined === undefined) remarks.add('mixed-buckets');
  else if (combined.reconciled) remarks.add(adds ? 'reconciled-addition' : 'reconciled-subtraction');
  return combined?.histogram;
}

function areAlike(window: Window, isCounter: boolean): boolean {
  const custom = isCustom(histogramIn(window, window.from));
  for (let i = window.from; i < window.to; i++) {
    const one = histogramIn(window, i);
    if (isCustom(one) !== custom) {
      window.remarks.add('mixed-buckets');
      return false;
    }
    if (isCounter && one.counterReset === 'gauge') window.remarks.add('not-counter');
  }
  return true;
}

function leftEnd(window: Window, smoothed: boolean, isCounter: boolean): FloatHistogram | undefined {
  const { from, startMs, timesMs, to } = window;
  return smoothed && (timesMs[from] ?? 0) < startMs && from + 1 < to
    ? between(window, from, startMs, isCounter)
    : histogramIn(window, from);
}

function rightEnd(window: Window, smoothed: boolean, isCounter: boolean): FloatHistogram | undefined {
  const { from, to, endMs, timesMs } = window;
  const last = to - 1;
  return smoothed && last > from && (timesMs[last] ?? 0) > endMs
    ? between(window, last - 1, endMs, isCounter)
    : histogramIn(window, last);
}

function between(window: Window, at: number, timeMs: number, isCounter: boolean): FloatHistogram | undefined {
  const { timesMs, remarks } = window;
  const fromMs = timesMs[at] ?? 0;
  const share = (timeMs - fromMs) / ((timesMs[at + 1] ?? 0) - fromMs);
  return interpolateHistograms(
    histogramIn(window, at),
    histogramIn(window, at + 1),
    share,
    isCounter,
    remarks,
  );
}

/** What the counter had counted before each reset between the ends. */
function lostInResets(
  window: Window,
  left: FloatHistogram,
  right: FloatHistogram,
  smoothed: boolean,
): FloatHistogram[] {
  const { from, to, timesMs, startMs } = window;
  let first = from + 1;
  let before = left;
  const second = window.histograms?.[from + 1];
  if (smoothed && first < to && second !== undefined && (timesMs[from] ?? 0) < startMs) {
    // The left end lies on the line across this reset, which has made it good already.
    if (isReset(second, histogramIn(window, from))) {
      before = second;
      first++;
    }
  }
  const lost: FloatHistogram[] = [];
  // The last sample is at the right end, or the right end was drawn from it.
  if (first > to - 1) return lost;
  for (let i = first; i < to - 1; i++) {
    const one = histogramIn(window, i);
    if (isReset(one, before)) lost.push(before);
    before = one;
  }
  if (isReset(right, before)) lost.push(before);
  return lost;
}
