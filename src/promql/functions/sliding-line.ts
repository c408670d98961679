import { Pivot, room, type SlidingKernel } from './sliding.ts';
import type { Window } from './window.ts';

/** Sums of a least-squares line over some samples, in seconds and values beside a point of reference. */
interface LineSums {
  x: number;
  y: number;
  xy: number;
  xx: number;
}

/** What becomes of the line through a window's samples: its rise per second, and its value at a time. */
export interface Line {
  readonly slope: number;
  valueAt(ms: number): number;
}

/**
 * A least-squares line through each of many windows that overlap. All numbers are taken beside the sample at the pivot, so that
 * they stay as small as the window is.
 */
export function slidingLine(read: (line: Line, window: Window) => number): SlidingKernel {
  const pivot = new Pivot();
  let early: Record<keyof LineSums, Float64Array<ArrayBuffer>> = emptySums();
  const late: LineSums = { x: 0, y: 0, xy: 0, xx: 0 };
  let referenceMs = 0;
  let reference = 0;
  let changes: Int32Array = new Int32Array(0);
  let changesOf: Float64Array | undefined;

  function include(sums: LineSums, { timesMs, values }: Window, i: number): void {
    const x = ((timesMs[i] as number) - referenceMs) / 1000;
    const y = (values[i] as number) - reference;
    sums.x += x;
    sums.y += y;
    sums.xy += x * y;
    sums.xx += x * x;
  }

  function rebuild(window: Window): void {
    const { timesMs, values, from, to } = window;
    pivot.move(window);
    referenceMs = timesMs[to - 1] as number;
    reference = values[to - 1] as number;
    early = {
      x: room(early.x, to - from),
      y: room(early.y, to - from),
      xy: room(early.xy, to - from),
      xx: room(early.xx, to - from),
    };
    const sums: LineSums = { x: 0, y: 0, xy: 0, xx: 0 };
    for (let i = to - 1; i >= from; i--) {
      include(sums, window, i);
      early.x[i - from] = sums.x;
      early.y[i - from] = sums.y;
      early.xy[i - from] = sums.xy;
      early.xx[i - from] = sums.xx;
    }
    Object.assign(late, { x: 0, y: 0, xy: 0, xx: 0 });
  }

  /** For each sample, the last one up to it that differs from the one before. */
  function noteChanges(values: Float64Array): void {
    if (changesOf === values) return;
    changesOf = values;
    changes = new Int32Array(values.length);
    for (let i = 1; i < values.length; i++)
      changes[i] = values[i] === values[i - 1] ? (changes[i - 1] as number) : i;
  }

  return {
    begin() {
      pivot.begin();
      changesOf = undefined;
    },
    kernel(window) {
      const { values, from, to } = window;
      const count = to - from;
      if (count < 2) return false;
      noteChanges(values);
      if (pivot.isPassed(window)) rebuild(window);
      for (let i = pivot.next; i < to; i++) include(late, window, i);
      pivot.next = to;
      const first = values[from] as number;
      if ((changes[to - 1] as number) <= from) {
        const value = Number.isFinite(first) ? first : Number.NaN;
        window.out = read({ slope: value - value, valueAt: () => value }, window);
        return true;
      }
      const at = from - pivot.base;
      const x = (early.x[at] as number) + late.x;
      const y = (early.y[at] as number) + late.y;
      const covariance = (early.xy[at] as number) + late.xy - (x * y) / count;
      const slope = covariance / ((early.xx[at] as number) + late.xx - (x * x) / count);
      window.out = read(
        {
          slope,
          valueAt: (ms) => reference + y / count + slope * ((ms - referenceMs) / 1000 - x / count),
        },
        window,
      );
      return true;
    },
  };
}

function emptySums(): Record<keyof LineSums, Float64Array<ArrayBuffer>> {
  const none = new Float64Array(0);
  return { x: none, y: none, xy: none, xx: none };
}
