import { systemClock } from '../../src/kit/clock.ts';
import { silentLogger } from '../../src/log/logger.ts';
import type { Labels } from '../../src/model/labels.ts';
import type { Reading } from '../../src/tsdb/reading.ts';
import { TimeSeriesStore } from '../../src/tsdb/store.ts';
import { random } from '../cluster.ts';

/** Between two samples of a series. */
export const intervalMs = 15_000;

/** Series of one size, and how far back they go. */
interface Family {
  readonly name: string;
  /** Of `a_<name>` (counters) and `b_<name>` (gauges). */
  readonly series: number;
  /** Histograms `h_<name>`, of ten series each. */
  readonly histograms: number;
  readonly samples: number;
}

/** 3 days for the small ones, so that `rate` over a day has its day before each of 10,000 steps; an hour for the large one. */
export const families: readonly Family[] = [
  { name: 'one', series: 1, histograms: 1, samples: 17_280 },
  { name: 'hundred', series: 100, histograms: 10, samples: 17_280 },
  { name: 'tenk', series: 10_000, histograms: 1000, samples: 240 },
];

const bounds = ['0.005', '0.01', '0.05', '0.1', '0.25', '0.5', '1', '5', '10', '+Inf'];

/** Writes the series into a data directory as the program would, the newest sample at `endMs`. @returns how many samples. */
export function writeData(dir: string, endMs: number): number {
  const store = new TimeSeriesStore({
    dir,
    clock: systemClock,
    log: silentLogger,
    retentionMs: 15 * 86_400_000,
  });
  let samples = 0;
  for (const family of families) {
    const series = seriesOf(family);
    for (let i = 0; i < family.samples; i++) {
      const atMs = endMs - (family.samples - 1 - i) * intervalMs;
      const batch = series.map(({ labels, next }): Reading => ({ labels, atMs, value: next() }));
      samples += store.append(batch).appended;
    }
  }
  store.close();
  return samples;
}

interface Source {
  readonly labels: Labels;
  readonly next: () => number;
}

function seriesOf({ name, series, histograms }: Family): Source[] {
  const dice = random(series);
  const all: Source[] = [];
  for (let l = 0; l < series; l++) {
    const common = { l: String(l), g: String(l % 10), instance: `instance-${l % 100}`, job: 'bench' };
    all.push({ labels: { __name__: `a_${name}`, ...common }, next: counter(dice, 100) });
    all.push({ labels: { __name__: `b_${name}`, ...common }, next: gauge(dice) });
  }
  for (let l = 0; l < histograms; l++) {
    // Counts of the buckets grow together, as they hold each other.
    const counts = new Float64Array(bounds.length);
    bounds.forEach((le, at) => {
      all.push({
        labels: { __name__: `h_${name}`, l: String(l), le, job: 'bench' },
        next() {
          if (at === 0)
            for (let k = 0, more = 0; k < counts.length; k++) {
              more += Math.floor(dice() * 5);
              counts[k] = (counts[k] ?? 0) + more;
            }
          return counts[at] ?? 0;
        },
      });
    });
  }
  return all;
}

function counter(dice: () => number, most: number): () => number {
  let value = 0;
  return () => {
    value += Math.floor(dice() * most);
    return value;
  };
}

function gauge(dice: () => number): () => number {
  let value = 50;
  return () => {
    value = Math.round((value + dice() - 0.5) * 100) / 100;
    return value;
  };
}
