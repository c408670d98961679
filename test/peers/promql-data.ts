import type { Labels } from '../../src/model/labels.ts';
import type { SeriesSamples } from '../../src/model/sample.ts';
import { Random } from './promql-random.ts';

/** Time of the first sample. Samples stand 123 ms after whole seconds, where no range that the queries ask for begins. */
export const dataStartMs = Date.UTC(2024, 0, 1) + 123;
export const intervalMs = 15_000;
export const samplesEach = 480;

/** Two hours of counters with resets, gauges, classic histograms, gaps, and values that are no numbers. */
export function generateData(seed: number): SeriesSamples[] {
  const random = new Random(seed);
  const series: SeriesSamples[] = [];
  const add = (labels: Labels, valueAt: (i: number) => number, gaps = 0.02): void => {
    series.push(samplesOf(random, labels, valueAt, gaps));
  };
  for (const job of ['api', 'web'])
    for (const instance of ['a:1', 'b:2', 'c:3'])
      for (const code of ['200', '404', '500'])
        add({ __name__: 'http_requests_total', job, instance, code }, counter(random, 40));
  for (const room of ['attic', 'cellar', 'hall', 'loft'])
    add({ __name__: 'temperature', room }, walk(random, random.below(30) - 5));
  for (const job of ['api', 'web'])
    for (const instance of ['a:1', 'b:2', 'c:3'])
      add({ __name__: 'queue_length', job, instance }, whole(random), 0.1);
  for (const job of ['api', 'web']) histogram(random, job, add);
  for (const instance of ['a:1', 'b:2', 'c:3'])
    add({ __name__: 'build_info', instance, version: random.pick(['1.0', '2.0']) }, () => 1, 0);
  const strange = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -3.5, 1e12];
  for (const kind of ['x', 'y'])
    add({ __name__: 'strange', kind }, () => random.pick(strange) + random.next());
  return series;
}

function samplesOf(
  random: Random,
  labels: Labels,
  valueAt: (i: number) => number,
  gaps: number,
): SeriesSamples {
  const times: number[] = [];
  const values: number[] = [];
  let hole = 0;
  for (let i = 0; i < samplesEach; i++) {
    const value = valueAt(i);
    // Some gaps are longer than the look-back.
    if (hole === 0 && random.chance(gaps)) hole = random.chance(0.1) ? 30 : random.below(4);
    if (hole > 0) {
      hole--;
      continue;
    }
    times.push(dataStartMs + i * intervalMs);
    values.push(value);
  }
  return { labels, timesMs: Float64Array.from(times), values: Float64Array.from(values) };
}

/** Starts well above zero, after resets too: how far a rate is drawn back to a counter's zero changed after version 2. */
function counter(random: Random, most: number): () => number {
  let value = 5000 + random.below(5000);
  return () => {
    if (random.chance(0.01)) value = 2000 + random.below(1000);
    value += random.below(most) + random.next();
    return value;
  };
}

function walk(random: Random, start: number): () => number {
  let value = start;
  return () => {
    value += random.next() * 2 - 1;
    return value;
  };
}

function whole(random: Random): () => number {
  let value = random.below(20);
  return () => {
    if (random.chance(0.3)) value = random.below(20);
    return value;
  };
}

function histogram(
  random: Random,
  job: string,
  add: (labels: Labels, valueAt: (i: number) => number, gaps?: number) => void,
): void {
  const bounds = ['0.1', '0.5', '1', '2.5', '10', '+Inf'];
  const rows: number[][] = [];
  const counts = bounds.map(() => 1000);
  let sum = 9000;
  for (let i = 0; i < samplesEach; i++) {
    for (let n = random.below(30); n >= 0; n--) {
      const place = random.below(bounds.length);
      for (let k = place; k < bounds.length; k++) counts[k] = (counts[k] ?? 0) + 1;
      sum += random.next() * 3;
    }
    rows.push([...counts, sum]);
  }
  bounds.forEach((le, k) => {
    add({ __name__: 'request_seconds_bucket', job, le }, (i) => rows[i]?.[k] ?? 0, 0);
  });
  add({ __name__: 'request_seconds_count', job }, (i) => rows[i]?.[bounds.length - 1] ?? 0, 0);
  add({ __name__: 'request_seconds_sum', job }, (i) => rows[i]?.[bounds.length] ?? 0, 0);
}

/** The same as OpenMetrics text, which `promtool tsdb create-blocks-from openmetrics` reads. */
export function toOpenMetrics(series: readonly SeriesSamples[]): string {
  const lines: string[] = [];
  for (const { labels, timesMs, values } of series) {
    const { __name__: name = '', ...rest } = labels;
    const pairs = Object.entries(rest).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
    timesMs.forEach((ms, i) => {
      lines.push(`${name}{${pairs.join(',')}} ${number(values[i] ?? 0)} ${(ms / 1000).toFixed(3)}`);
    });
  }
  return `${lines.join('\n')}\n# EOF\n`;
}

function number(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';
}
