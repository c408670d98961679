import { KahanMean } from '../kahan.ts';
import type { RangeKernel, Window } from './window.ts';

/**
 * A range function whose windows overlap much: what it knows of one window serves for the next, so that a step costs as much as
 * the samples that are new in it. Windows come in order; `begin` starts a series.
 *
 * All of these keep two parts of the window: for each sample before a pivot, what holds from it to the pivot; and one value for
 * what has come since. Samples leave at the front by no longer being asked for, so that nothing is ever subtracted (which would
 * lose digits, and could not undo an infinity). When the front reaches the pivot, the pivot moves to the window's end.
 */
export interface SlidingKernel {
  begin(): void;
  readonly kernel: RangeKernel;
}

/** The pivot, and room for what holds from each sample to it. */
export class Pivot {
  at = -1;
  base = 0;
  next = 0;

  begin(): void {
    this.at = -1;
  }

  isPassed(window: Window): boolean {
    return this.at <= window.from;
  }

  move({ from, to }: Window): void {
    this.at = to;
    this.base = from;
    this.next = to;
  }
}

export function room(current: Float64Array<ArrayBuffer>, size: number): Float64Array<ArrayBuffer> {
  return current.length >= size ? current : new Float64Array(Math.max(size, current.length * 2));
}

/** Compensated sums (Neumaier), as the plain functions have them. */
class SlidingTotal {
  readonly #pivot = new Pivot();
  #sums = new Float64Array(0);
  #rests = new Float64Array(0);
  #sum = 0;
  #rest = 0;
  /** The sum of the window looked at last, and what its summation lost. */
  sum = 0;
  rest = 0;

  begin(): void {
    this.#pivot.begin();
  }

  look(window: Window): void {
    const { values, from, to } = window;
    const pivot = this.#pivot;
    if (pivot.isPassed(window)) this.#rebuild(window);
    let sum = this.#sum;
    let rest = this.#rest;
    for (let i = pivot.next; i < to; i++) {
      const value = values[i] as number;
      const next = sum + value;
      if (next === Number.POSITIVE_INFINITY || next === Number.NEGATIVE_INFINITY) rest = 0;
      else if (Math.abs(sum) >= Math.abs(value)) rest += sum - next + value;
      else rest += value - next + sum;
      sum = next;
    }
    this.#sum = sum;
    this.#rest = rest;
    pivot.next = to;
    const early = this.#sums[from - pivot.base] as number;
    const total = early + sum;
    this.sum = total;
    if (total === Number.POSITIVE_INFINITY || total === Number.NEGATIVE_INFINITY) this.rest = 0;
    else {
      const lost = Math.abs(early) >= Math.abs(sum) ? early - total + sum : sum - total + early;
      this.rest = (this.#rests[from - pivot.base] as number) + rest + lost;
    }
  }

  #rebuild(window: Window): void {
    const { values, from, to } = window;
    this.#pivot.move(window);
    this.#sums = room(this.#sums, to - from);
    this.#rests = room(this.#rests, to - from);
    let sum = 0;
    let rest = 0;
    for (let i = to - 1; i >= from; i--) {
      const value = values[i] as number;
      const next = sum + value;
      if (next === Number.POSITIVE_INFINITY || next === Number.NEGATIVE_INFINITY) rest = 0;
      else if (Math.abs(sum) >= Math.abs(value)) rest += sum - next + value;
      else rest += value - next + sum;
      sum = next;
      this.#sums[i - from] = sum;
      this.#rests[i - from] = rest;
    }
    this.#sum = 0;
    this.#rest = 0;
  }
}

export function slidingSum(): SlidingKernel {
  const total = new SlidingTotal();
  return {
    begin: () => total.begin(),
    kernel(window) {
      total.look(window);
      window.out = total.sum + total.rest;
      return true;
    },
  };
}

/** Where the sum overflows, the mean is computed without one. */
export function slidingMean(): SlidingKernel {
  const total = new SlidingTotal();
  const mean = new KahanMean();
  return {
    begin: () => total.begin(),
    kernel(window) {
      const { from, to, values } = window;
      total.look(window);
      const count = to - from;
      if (Number.isFinite(total.sum)) window.out = total.sum / count + total.rest / count;
      else {
        mean.reset();
        for (let i = from; i < to; i++) mean.add(values[i] as number);
        window.out = mean.mean;
      }
      return true;
    },
  };
}

/** The largest (`sign` 1) or smallest value; NaN gives way to any number. */
export function slidingExtreme(sign: 1 | -1): SlidingKernel {
  const pivot = new Pivot();
  let bests: Float64Array<ArrayBuffer> = new Float64Array(0);
  let best = Number.NaN;
  const better = (left: number, right: number): number =>
    Number.isNaN(left) || sign * right > sign * left ? right : left;
  return {
    begin: () => pivot.begin(),
    kernel(window) {
      const { values, from, to } = window;
      if (pivot.isPassed(window)) {
        pivot.move(window);
        bests = room(bests, to - from);
        let known = Number.NaN;
        for (let i = to - 1; i >= from; i--) {
          known = better(known, values[i] as number);
          bests[i - from] = known;
        }
        best = Number.NaN;
      }
      for (let i = pivot.next; i < to; i++) best = better(best, values[i] as number);
      pivot.next = to;
      window.out = better(bests[from - pivot.base] as number, best);
      return true;
    },
  };
}

/** Variance: count, mean and sum of squared distances of two parts make those of both (Chan). */
export function slidingVariance(finish: (variance: number) => number): SlidingKernel {
  const pivot = new Pivot();
  let means: Float64Array<ArrayBuffer> = new Float64Array(0);
  let squares: Float64Array<ArrayBuffer> = new Float64Array(0);
  let mean = 0;
  let square = 0;
  let count = 0;
  return {
    begin: () => pivot.begin(),
    kernel(window) {
      const { values, from, to } = window;
      if (pivot.isPassed(window)) {
        pivot.move(window);
        means = room(means, to - from);
        squares = room(squares, to - from);
        let m = 0;
        let s = 0;
        for (let i = to - 1, n = 1; i >= from; i--, n++) {
          const delta = (values[i] as number) - m;
          m += delta / n;
          s += delta * ((values[i] as number) - m);
          means[i - from] = m;
          squares[i - from] = s;
        }
        mean = 0;
        square = 0;
        count = 0;
      }
      for (let i = pivot.next; i < to; i++) {
        count++;
        const delta = (values[i] as number) - mean;
        mean += delta / count;
        square += delta * ((values[i] as number) - mean);
      }
      pivot.next = to;
      const early = pivot.at - from;
      const all = early + count;
      const delta = mean - (means[from - pivot.base] as number);
      const apart = count === 0 ? 0 : (delta * delta * early * count) / all;
      window.out = finish(((squares[from - pivot.base] as number) + square + apart) / all);
      return true;
    },
  };
}

/** The values of the window in order, kept as samples come and go. */
export function slidingQuantile(pick: (phi: number, sorted: Float64Array) => number): SlidingKernel {
  let sorted: Float64Array<ArrayBuffer> = new Float64Array(0);
  let size = 0;
  let from = 0;
  let to = 0;
  /** Where a value stands or would stand; NaN before all numbers. */
  const placeOf = (value: number): number => {
    let low = 0;
    let high = size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const known = sorted[middle] as number;
      if (known < value || (Number.isNaN(known) && !Number.isNaN(value))) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    begin() {
      size = 0;
      from = 0;
      to = 0;
    },
    kernel(window) {
      const { values } = window;
      if (window.from >= to) {
        size = 0;
        from = window.from;
        to = window.from;
      }
      for (; from < window.from; from++) {
        const place = placeOf(values[from] as number);
        sorted.copyWithin(place, place + 1, size);
        size--;
      }
      for (; to < window.to; to++) {
        if (size === sorted.length) {
          const wider = new Float64Array(Math.max(64, size * 2));
          wider.set(sorted);
          sorted = wider;
        }
        const place = placeOf(values[to] as number);
        sorted.copyWithin(place + 1, place, size);
        sorted[place] = values[to] as number;
        size++;
      }
      window.out = pick(window.first, sorted.subarray(0, size));
      return true;
    },
  };
}

/** Counts of events that stand between two samples: those up to each sample, so that a window is one difference. */
export function slidingCount(isEvent: (values: Float64Array, index: number) => boolean): SlidingKernel {
  let counts = new Uint32Array(0);
  let of: Float64Array | undefined;
  return {
    begin() {
      of = undefined;
    },
    kernel(window) {
      const { values, from, to } = window;
      if (of !== values) {
        if (counts.length < values.length) counts = new Uint32Array(values.length * 2);
        counts[0] = 0;
        for (let i = 1; i < values.length; i++)
          counts[i] = (counts[i - 1] as number) + (isEvent(values, i) ? 1 : 0);
        of = values;
      }
      window.out = (counts[to - 1] as number) - (counts[from] as number);
      return true;
    },
  };
}
