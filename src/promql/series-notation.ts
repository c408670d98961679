import { BadInputError } from '../kit/app-error.ts';
import type { FloatHistogram } from '../model/float-histogram.ts';
import type { Labels } from '../model/labels.ts';
import { metricName } from '../model/labels.ts';
import { PromqlError } from './errors.ts';
import { addHistograms, subtractHistograms } from './histogram/combine.ts';
import { type NotedHistogram, parseHistogram } from './histogram/notation.ts';
import { parseMatchers } from './parse-selector.ts';
import { readNumber, TokenReader } from './token-reader.ts';

/** One place in a written series: nothing, a value, the staleness marker, or a native histogram. */
export type NotedValue =
  | { readonly kind: 'none' }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'stale' }
  | ({ readonly kind: 'histogram' } & NotedHistogram);

const none: NotedValue = { kind: 'none' };
const stale: NotedValue = { kind: 'stale' };
/** A repetition beyond this is a mistake, and would take all memory. */
const maxRepeats = 1_000_000;

/**
 * Reads a series as unit tests write it: `up{job="a"}`, `{__name__="up"}`, `{"http.requests",job="a"}` or `{}`.
 *
 * @throws {BadInputError} saying what is wrong.
 */
export function parseSeriesLabels(text: string): Labels {
  try {
    const reader = new TokenReader(text);
    const labels: Record<string, string> = {};
    const token = reader.peek();
    if (token.type === 'word' || token.type === 'metric') {
      reader.next();
      labels[metricName] = token.text;
    }
    if (reader.peek().text === '{') {
      const { matchers, quotedName } = parseMatchers(reader);
      if (quotedName !== undefined) labels[metricName] = quotedName;
      for (const { name, op, value } of matchers) {
        if (op !== '=') throw reader.fault(0, `series: label ${name} must be set with =`);
        if (value !== '') labels[name] = value;
      }
    }
    if (reader.peek().type !== 'eof') throw reader.unexpected('series description');
    return labels;
  } catch (error) {
    if (error instanceof PromqlError)
      throw new BadInputError('', `series "${text}": ${error.message}`, { cause: error });
    throw error;
  }
}

/**
 * Cuts `up{job="a"} 0+1x5` into the series and its values. A blank inside braces or quotes does not count.
 *
 * @throws {BadInputError} when the braces do not close.
 */
export function splitSeriesLine(line: string): { readonly series: string; readonly values: string } {
  let quoteChar = '';
  let depth = 0;
  for (let i = 0; i < line.length; i++) {
    const char = line[i] ?? '';
    if (quoteChar !== '') {
      if (char === '\\' && quoteChar !== '`') i++;
      else if (char === quoteChar) quoteChar = '';
    } else if (char === '"' || char === "'" || char === '`') quoteChar = char;
    else if (char === '{') depth++;
    else if (char === '}') depth--;
    else if (depth === 0 && /\s/.test(char)) {
      const rest = line.slice(i).trimStart();
      // `up {job="a"} 1`: the braces still belong to the series, unless they are a histogram's.
      if (rest.startsWith('{') && !rest.startsWith('{{') && !line.slice(0, i).includes('{')) {
        i = line.length - rest.length - 1;
        continue;
      }
      return { series: line.slice(0, i), values: rest.trimEnd() };
    }
  }
  if (depth !== 0 || quoteChar !== '')
    throw new BadInputError('', `series "${line}": braces or quotes do not close`);
  return { series: line, values: '' };
}

const number = String.raw`[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[iI][nN][fF]|[nN][aA][nN])`;
const floats = new RegExp(`^(${number})(?:([+-])(${number}))?(?:x(\\d+))?$`);

/**
 * Expands values as unit tests write them, separated by blanks: `5`, `a+bxn` (a, a+b, … n+1 values), `a-bxn`, `axn`
 * (n+1 times a), `_` and `_xn` for nothing, `stale`, and native histograms `{{…}}`.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series
 * @throws {BadInputError} naming the item that is wrong.
 */
export function parseSeriesValues(text: string): NotedValue[] {
  const values: NotedValue[] = [];
  for (const item of itemsOf(text)) values.push(...expandItem(item));
  return values;
}

function itemsOf(text: string): string[] {
  return text.match(/(?:\{\{[^}]*\}\}|[^\s{])+(?:\s*[+-]\s*\{\{[^}]*\}\}(?:x\d+)?)?|\{/g) ?? [];
}

function expandItem(item: string): NotedValue[] {
  if (item.startsWith('{{')) return expandHistogram(item);
  const blank = /^(_|stale)(?:x(\d+))?$/.exec(item);
  if (blank !== null) {
    const count =
      blank[2] === undefined ? 1 : blank[1] === '_' ? repeats(item, blank[2]) : repeats(item, blank[2]) + 1;
    return Array.from({ length: count }, () => (blank[1] === '_' ? none : stale));
  }
  const match = floats.exec(item);
  if (match === null) throw new BadInputError('', `series values: cannot read "${item}"`);
  const [, first = '', sign, delta, count] = match;
  const start = signedNumber(first);
  if (count === undefined) {
    if (delta !== undefined) throw new BadInputError('', `series values: "${item}" lacks its xN`);
    return [{ kind: 'float', value: start }];
  }
  const step = delta === undefined ? 0 : signedNumber(delta) * (sign === '-' ? -1 : 1);
  const out: NotedValue[] = [];
  let value = start;
  for (let i = 0; i <= repeats(item, count); i++) {
    out.push({ kind: 'float', value });
    value += step;
  }
  return out;
}

function expandHistogram(item: string): NotedValue[] {
  const match = /^(\{\{[^}]*\}\})(?:\s*([+-])\s*(\{\{[^}]*\}\}))?(?:x(\d+))?$/.exec(item);
  if (match === null) throw new BadInputError('', `series values: cannot read the histogram "${item}"`);
  const [, text = '', sign, delta, times] = match;
  if (delta !== undefined && times === undefined)
    throw new BadInputError('', `series values: "${item}" lacks its xN`);
  let noted = parseHistogram(text);
  const out: NotedValue[] = [{ kind: 'histogram', ...noted }];
  const step = delta === undefined ? undefined : parseHistogram(delta).histogram;
  for (let i = times === undefined ? 0 : repeats(item, times); i > 0; i--) {
    if (step !== undefined)
      noted = { ...noted, histogram: combine(item, noted.histogram, step, sign === '-') };
    out.push({ kind: 'histogram', ...noted });
  }
  return out;
}

function combine(
  item: string,
  histogram: FloatHistogram,
  step: FloatHistogram,
  subtracts: boolean,
): FloatHistogram {
  if (histogram.schema > step.schema)
    throw new BadInputError(
      '',
      `series values: "${item}": cannot merge from schema ${step.schema} to ${histogram.schema}`,
    );
  const combined = (subtracts ? subtractHistograms : addHistograms)(histogram, step);
  if (combined === undefined)
    throw new BadInputError('', `series values: "${item}" mixes exponential and custom buckets`);
  return combined.histogram;
}

function repeats(item: string, count: string): number {
  const times = Number(count);
  if (times > maxRepeats)
    throw new BadInputError('', `series values: "${item}" repeats more than ${maxRepeats} times`);
  return times;
}

function signedNumber(text: string): number {
  const negative = text.startsWith('-');
  const value = readNumber(text.replace(/^[+-]/, ''));
  if (value === undefined) throw new BadInputError('', `series values: cannot read the number "${text}"`);
  return negative ? -value : value;
}
