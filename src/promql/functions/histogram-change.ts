import type { FloatHistogram } from '../../model/float-histogram.ts';
import { addHistograms, subtractHistograms } from '../histogram/combine.ts';
import { isCustom } from '../histogram/parts.ts';
import { coarserHistogram, compactHistogram, withReset } from '../histogram/scale.ts';
import type { HistogramRemark } from '../remarks.ts';
import { histogramIn, type Window } from './window.ts';

/**
 * What the histograms of a window (two or more) have counted from the first to the last, resets made good; undefined where they
 * cannot be compared. A first histogram that a reset follows says nothing, whatever its buckets are.
 */
export function histogramChange(window: Window, isCounter: boolean): FloatHistogram | undefined {
  const { from, to, resets } = window;
  const first = histogramIn(window, from);
  const last = histogramIn(window, to - 1);
  const remarks = new Set<HistogramRemark>();
  const startsAnew = isCounter && firstReset(window) === from + 1;
  const base = startsAnew ? histogramIn(window, from + 1) : first;
  const custom = isCustom(base);
  if (isCounter && (first.counterReset === 'gauge' || last.counterReset === 'gauge'))
    remarks.add('not-counter');
  if (!isCounter && (first.counterReset !== 'gauge' || last.counterReset !== 'gauge'))
    remarks.add('not-gauge');
  let schema = Math.min(last.schema, base.schema);
  let mixes = isCustom(last) !== custom;
  if (isCounter) {
    for (let i = from + 1; i < to - 1 && !mixes; i++) {
      const between = histogramIn(window, i);
      if (between.counterReset === 'gauge') remarks.add('not-counter');
      schema = Math.min(schema, between.schema);
      mixes = isCustom(between) !== custom;
    }
  }
  if (mixes) {
    window.remarks.add('mixed-buckets');
    return undefined;
  }
  let change = coarserHistogram(last, schema);
  const include = (other: FloatHistogram, adds: boolean): void => {
    const combined = (adds ? addHistograms : subtractHistograms)(change, other);
    if (combined === undefined) return;
    change = combined.histogram;
    if (combined.reconciled) remarks.add(adds ? 'reconciled-addition' : 'reconciled-subtraction');
  };
  if (!startsAnew) include(first, false);
  for (let i = window.resetFrom; isCounter && i < resets.length; i++) {
    const at = resets[i] as number;
    if (at >= to) break;
    if (at > from && !(startsAnew && at === from + 1)) include(histogramIn(window, at - 1), true);
  }
  for (const remark of remarks) window.remarks.add(remark);
  return withReset(compactHistogram(change), 'gauge');
}

/** The first reset inside of the window. */
function firstReset({ resets, resetFrom, from }: Window): number | undefined {
  for (let i = resetFrom; i < resets.length; i++) {
    const at = resets[i] as number;
    if (at > from) return at;
  }
  return undefined;
}
