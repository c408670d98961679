import { existsSync } from 'node:fs';
import { NotFoundError } from '../../kit/app-error.ts';
import { systemClock } from '../../kit/clock.ts';
import { createLogger } from '../../log/logger.ts';
import type { MixedSamples } from '../../model/float-histogram.ts';
import { bucketsOf } from '../../model/float-histogram-buckets.ts';
import { type Labels, metricName } from '../../model/labels.ts';
import { isStaleAt } from '../../model/sample.ts';
import { parseSelector } from '../../promql/parser.ts';
import { TimeSeriesStore } from '../../tsdb/store.ts';
import { compareTexts } from '../../tsdb/text-order.ts';
import { quoted, showGoNumber } from './go-text.ts';

export interface DumpOptions {
  readonly dir: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly selectors: readonly string[];
  readonly format: 'prometheus' | 'openmetrics';
}

/** Written at once. */
const pieceLength = 1 << 16;

/**
 * Prints the samples of a data directory, of blocks and logs; nothing in it is changed. Native histograms are printed with
 * their buckets; OpenMetrics text has no place for them, nor for staleness markers.
 *
 * @throws {NotFoundError}
 */
export async function dumpSamples({ dir, fromMs, toMs, selectors, format }: DumpOptions): Promise<void> {
  if (!existsSync(dir)) throw new NotFoundError(`there is no directory ${dir}`);
  const lists = selectors.map((selector) => parseSelector(selector));
  const store = new TimeSeriesStore({
    dir,
    clock: systemClock,
    log: createLogger('warn'),
    readOnly: true,
    maxSeries: Number.MAX_SAFE_INTEGER,
  });
  const out = new Output();
  const seen = new Set<string>();
  for (const matchers of lists.length === 0 ? [[]] : lists) {
    for (const series of store.select({ matchers, fromMs, toMs })) {
      const name = showSeries(series.labels, format);
      if (lists.length > 1 && seen.has(name)) continue;
      seen.add(name);
      for (const line of linesOf(series, name, format)) await out.write(line);
    }
  }
  if (format === 'openmetrics') await out.write('# EOF\n');
  await out.end();
  store.close();
}

function* linesOf(
  { timesMs, values, histograms }: MixedSamples,
  name: string,
  format: 'prometheus' | 'openmetrics',
): Generator<string> {
  for (const [i, atMs] of timesMs.entries()) {
    const histogram = histograms?.[i];
    if (format === 'prometheus') {
      const value = histogram === undefined ? showGoNumber(values[i] as number) : showHistogram(histogram);
      yield `${name} ${value} ${atMs}\n`;
    } else if (histogram === undefined && !isStaleAt(values, i)) {
      yield `${name} ${showGoNumber(values[i] as number)} ${atMs / 1000}\n`;
    }
  }
}

function showHistogram(histogram: Parameters<typeof bucketsOf>[0]): string {
  const { count, sum } = histogram;
  const buckets = bucketsOf(histogram).map(
    ({ lower, upper, lowerInclusive, upperInclusive, count: inside }) =>
      `, ${lowerInclusive ? '[' : '('}${showGoNumber(lower)},${showGoNumber(upper)}${upperInclusive ? ']' : ')'}:${showGoNumber(inside)}`,
  );
  return `{count:${showGoNumber(count)}, sum:${showGoNumber(sum)}${buckets.join('')}}`;
}

function showSeries(labels: Labels, format: 'prometheus' | 'openmetrics'): string {
  const names = Object.keys(labels).sort(compareTexts);
  if (format === 'prometheus')
    return `{${names.map((name) => `${name}=${quoted(labels[name] ?? '')}`).join(', ')}}`;
  const pairs = names
    .filter((name) => name !== metricName)
    .map((name) => `${name}="${(labels[name] ?? '').replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`);
  return `${labels[metricName] ?? ''}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`}`;
}

/** Standard output in pieces, no faster than it is read. */
class Output {
  #text = '';

  async write(line: string): Promise<void> {
    this.#text += line;
    if (this.#text.length >= pieceLength) await this.end();
  }

  async end(): Promise<void> {
    const text = this.#text;
    this.#text = '';
    if (!process.stdout.write(text)) await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
}
