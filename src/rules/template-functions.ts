import { parseDuration } from '../kit/duration.ts';
import { safeRegex } from '../kit/regex.ts';
import type { Labels } from '../model/labels.ts';
import { type TemplateFunction, typed } from '../template/templates.ts';
import {
  bare,
  compareStrings,
  entryOf,
  fieldOf,
  GoFloat,
  GoNamed,
  GoSlice,
  goStringMap,
  goStruct,
  itemsOf,
} from '../template/value.ts';
import { humanize, humanize1024, humanizeDuration, humanizePercentage, significant } from './humanize.ts';

/** A sample as templates see it. */
export interface QueriedSample {
  readonly labels: Labels;
  readonly value: number;
}

/** What the functions need to know of where they run. */
export interface TemplateSurroundings {
  readonly atMs: number;
  readonly externalURL: string;
  /** Runs an instant query at the time of the evaluation. */
  query(expr: string): readonly QueriedSample[];
}

/**
 * The functions that Prometheus gives to templates of rules, beside Go's own.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/template_reference/
 */
export function templateFunctions(around: TemplateSurroundings): Readonly<Record<string, TemplateFunction>> {
  return {
    query: typed(
      ['string'],
      (expr: string) => new GoSlice('template.queryResult', around.query(expr).map(toSample)),
    ),
    now: typed([], () => new GoFloat(around.atMs / 1000)),
    externalURL: typed([], () => around.externalURL),
    pathPrefix: typed([], () => pathOf(around.externalURL)),
    graphLink: typed(['string'], (expr: string) => graphPath(expr, 0)),
    tableLink: typed(['string'], (expr: string) => graphPath(expr, 1)),
    ...fixedFunctions,
  };
}

/** Path and query of the page that shows an expression, `tab` 0 for the graph and 1 for the table. */
export function graphPath(expr: string, tab: 0 | 1): string {
  return `/graph?g0.expr=${queryEscape(expr)}&g0.tab=${tab}`;
}

const number =
  (render: (value: number) => unknown): TemplateFunction =>
  (...args) => {
    if (args.length !== 1) throw new Error(`expected 1 argument, got ${args.length}`);
    return render(toNumber(args[0]));
  };

const fixedFunctions: Readonly<Record<string, TemplateFunction>> = {
  first: (samples) => {
    const [first] = itemsOf(samples);
    if (first === undefined) throw new Error('first() called on vector with no elements');
    return first;
  },
  label: (name, sample) => entryOf(field(sample, 'Labels'), String(name)) ?? '',
  value: (sample) => field(sample, 'Value'),
  strvalue: (sample) => entryOf(field(sample, 'Labels'), '__value__') ?? '',
  sortByLabel: (name, samples) =>
    new GoSlice(
      'template.queryResult',
      itemsOf(samples).toSorted((a, b) =>
        compareStrings(
          String(entryOf(field(a, 'Labels'), String(name)) ?? ''),
          String(entryOf(field(b, 'Labels'), String(name)) ?? ''),
        ),
      ),
    ),
  args: (...args) => Object.fromEntries(args.map((arg, i) => [`arg${i}`, arg])),
  match: typed(['string', 'string'], (pattern: string, text: string) => safeRegex(pattern).finds(text)),
  reReplaceAll: typed(['string', 'string', 'string'], (pattern: string, replacement: string, text: string) =>
    safeRegex(pattern).replaceAll(text, replacement),
  ),
  title: typed(['string'], (text: string) =>
    text.replace(/(^|\s)(\p{L})/gu, (_, space: string, letter: string) => space + letter.toUpperCase()),
  ),
  toUpper: typed(['string'], (text: string) => text.toUpperCase()),
  toLower: typed(['string'], (text: string) => text.toLowerCase()),
  safeHtml: typed(['string'], (text: string) => text),
  urlQueryEscape: typed(['string'], (text: string) => queryEscape(text)),
  stripPort: typed(
    ['string'],
    (address: string) => /^(?:\[(.*)\]|([^:]*)):\d*$/.exec(address)?.slice(1).find(Boolean) ?? address,
  ),
  stripDomain: typed(['string'], (address: string) => stripDomain(address)),
  parseDuration: typed(['string'], (text: string) => {
    const ms = parseDuration(text);
    if (ms === undefined) throw new Error(`not a valid duration string: ${JSON.stringify(text)}`);
    return new GoFloat(ms / 1000);
  }),
  humanize: number(humanize),
  humanize1024: number(humanize1024),
  humanizeDuration: number(humanizeDuration),
  humanizePercentage: number(humanizePercentage),
  humanizeTimestamp: number((seconds) =>
    Number.isFinite(seconds) ? goTime(seconds * 1000) : significant(seconds),
  ),
  toTime: number((seconds) => toTime(seconds)),
  toDuration: number((seconds) => toDuration(seconds)),
};

function toSample({ labels, value }: QueriedSample): unknown {
  return goStruct('template.sample', { Labels: goStringMap(labels), Value: new GoFloat(value) });
}

function field(value: unknown, name: string): unknown {
  const found = typeof value === 'object' && value !== null ? fieldOf(value, name) : undefined;
  if (found === undefined) throw new Error('expected a sample of a query');
  return found[0];
}

/** Numbers come as values of samples, and as texts from labels. */
function toNumber(value: unknown): number {
  const plain = bare(value);
  if (typeof plain === 'number' || typeof plain === 'bigint') return Number(plain);
  if (typeof plain === 'string') {
    const parsed = /^[+-]?inf(inity)?$/i.test(plain)
      ? Number(`${plain.startsWith('-') ? '-' : ''}Infinity`)
      : /^nan$/i.test(plain)
        ? Number.NaN
        : plain.trim() === '' || Number.isNaN(Number(plain))
          ? undefined
          : Number(plain);
    if (parsed !== undefined) return parsed;
  }
  throw new Error(`can't convert ${JSON.stringify(String(plain))} to a number`);
}

/** As Go's url.QueryEscape: a blank is a plus sign. */
function queryEscape(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

function pathOf(url: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/]*(\/[^?#]*)?/i.exec(url)?.[1]?.replace(/\/$/, '') ?? '';
}

function stripDomain(address: string): string {
  const port = /:\d+$/.exec(address)?.[0] ?? '';
  const host = address.slice(0, address.length - port.length);
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host) || host.includes(':')) return address;
  return `${host.split('.')[0] ?? ''}${port}`;
}

/** `2026-01-02 03:04:05.67 +0000 UTC`. */
function goTime(ms: number): string {
  const [date = '', time = ''] = new Date(ms).toISOString().slice(0, -1).split('T');
  return `${date} ${time.replace(/\.?0+$/, (zeros) => (zeros.startsWith('.') ? '' : time.includes('.') ? '' : zeros))} +0000 UTC`;
}

function toTime(seconds: number): GoNamed {
  const date = new Date(seconds * 1000);
  return new GoNamed('time.Time', goTime(seconds * 1000), {
    Unix: () => Math.floor(seconds),
    UnixMilli: () => Math.floor(seconds * 1000),
    Year: () => date.getUTCFullYear(),
    Month: () => date.toLocaleString('en', { month: 'long', timeZone: 'UTC' }),
    Day: () => date.getUTCDate(),
    Hour: () => date.getUTCHours(),
    Minute: () => date.getUTCMinutes(),
    Second: () => date.getUTCSeconds(),
  });
}

function toDuration(seconds: number): GoNamed {
  const left = Math.abs(seconds);
  const hours = Math.floor(left / 3600);
  const minutes = Math.floor(left / 60) % 60;
  const text = `${seconds < 0 ? '-' : ''}${hours > 0 ? `${hours}h` : ''}${left >= 60 ? `${minutes}m` : ''}${Number((left % 60).toFixed(9))}s`;
  return new GoNamed('time.Duration', text, {
    Hours: () => new GoFloat(seconds / 3600),
    Minutes: () => new GoFloat(seconds / 60),
    Seconds: () => new GoFloat(seconds),
    Milliseconds: () => Math.trunc(seconds * 1000),
  });
}
