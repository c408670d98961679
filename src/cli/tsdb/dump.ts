import { existsSync } from 'node:fs';
import { NotFoundError } from '../../kit/app-error.ts';
import { systemClock } from '../../kit/clock.ts';
import { showGoNumber } from '../../kit/go-number.ts';
import { createLogger } from '../../log/logger.ts';
import type { MixedSamples } from '../../model/float-histogram.ts';
import { bucketsOf } from '../../model/float-histogram-buckets.ts';
import { type Labels, metricName } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import { isStaleAt } from '../../model/sample.ts';
import { parseMatchers } from '../../promql/parse-selector.ts';
import { TokenReader } from '../../promql/token-reader.ts';
import { TimeSeriesStore } from '../../tsdb/store.ts';
import { compareTexts } from '../../tsdb/text-order.ts';
import { quoted } from './go-text.ts';

export interface DumpOptions {
  readonly dir: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly selectors: readonly string[];
  readonly format: DumpFormat;
}

/** Samples as promtool prints them, OpenMetrics text, or only the series, each a JSON object. */
export const dumpFormats = ['prometheus', 'openmetrics', 'seriesjson'] as const;
export type DumpFormat = (typeof dumpFormats)[number];

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
  const lists = selectors.map(matchersOf);
  const store = new TimeSeriesStore({
    dir,
    clock: systemClock,
    log: createLogger('warn'),
    readOnly: true,
    maxSeries: Number.MAX_SAFE_INTEGER,
  });
  const out = new Output();
  const wanted = lists.length === 0 ? [[]] : lists;
  // In order of the series, with no more than one metric in memory at a time; nameless series come first.
  for (const metric of ['', ...store.labelValues(metricName, wanted, fromMs, toMs)]) {
    const texts = new Map<string, string>();
    for (const matchers of wanted) {
      const named = [...matchers, { name: metricName, op: '=' as const, value: metric }];
      for (const series of store.select({ matchers: named, fromMs, toMs })) {
        const name = showSeries(series.labels, format);
        if (texts.has(name)) continue;
        texts.set(name, format === 'seriesjson' ? `${name}\n` : [...linesOf(series, name, format)].join(''));
      }
    }
    for (const name of [...texts.keys()].sort(compareTexts)) await out.write(texts.get(name) ?? '');
  }
  if (format === 'openmetrics') await out.write('# EOF\n');
  await out.end();
  store.close();
}

/** A selector that may match everything, which a query may not. */
function matchersOf(text: string): readonly Matcher[] {
  const reader = new TokenReader(text);
  const token = reader.peek();
  const name: Matcher[] = [];
  if (token.type === 'word' || token.type === 'metric') {
    reader.next();
    name.push({ name: metricName, op: '=', value: token.text });
  }
  if (reader.peek().type === 'eof' && name.length > 0) return name;
  if (reader.peek().text !== '{') throw reader.unexpected('series selector');
  const { matchers, quotedName } = parseMatchers(reader);
  if (reader.peek().type !== 'eof') throw reader.unexpected('series selector');
  const quotedNames: Matcher[] =
    quotedName === undefined ? [] : [{ name: metricName, op: '=', value: quotedName }];
  return [...name, ...quotedNames, ...matchers];
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
      yield `${name} ${showGoNumber(values[i] as number)} ${(atMs / 1000).toFixed(3)}\n`;
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

function showSeries(labels: Labels, format: DumpFormat): string {
  const names = Object.keys(labels).sort(compareTexts);
  if (format === 'seriesjson')
    return JSON.stringify(Object.fromEntries(names.map((name) => [name, labels[name]])));
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
