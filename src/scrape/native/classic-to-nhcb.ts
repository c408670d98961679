import { type BucketSpan, customBucketsSchema, type FloatHistogram } from '../../model/float-histogram.ts';
import { type Labels, labelsKey, metricName } from '../../model/labels.ts';
import { readNumber } from '../read/number-reader.ts';
import type { NativeSample } from '../read/protobuf.ts';
import { readSeries, seriesEnd } from '../read/series-text.ts';

/** What an answer's classic histograms make, and the names of their families. */
export interface ConvertedHistograms {
  readonly samples: readonly NativeSample[];
  readonly families: ReadonlySet<string>;
}

const newline = 10;
const hash = 35;
const typeLine = /^#[ \t]+TYPE[ \t]+(?:"((?:[^"\\]|\\.)*)"|(\S+))[ \t]+(\S+)/;
const suffixes = ['_bucket', '_count', '_sum'] as const;

/** A classic histogram while its lines are read. */
interface Classic {
  readonly labels: Labels;
  /** Cumulative, by upper bound. */
  readonly bounds: Map<number, number>;
  sum: number;
  count: number | undefined;
  atMs: number | undefined;
}

/**
 * The classic histograms of a text as native ones with custom buckets. Lines that are no part of one are passed over; whatever
 * is wrong in them is said when they are read as samples.
 *
 * Source: https://prometheus.io/docs/specs/native_histograms/#native-histograms-with-custom-buckets (`nhcb`)
 */
export function classicToNhcb(body: Buffer, format: 'text' | 'openmetrics'): ConvertedHistograms {
  const found = new Map<string, Classic>();
  const families = new Set<string>();
  let family = '';
  for (let at = 0; at < body.length; ) {
    const next = body.indexOf(newline, at);
    const end = next < 0 ? body.length : next;
    if (body[at] === hash) {
      const [, quoted, bare, type] = typeLine.exec(body.toString('utf8', at, Math.min(end, at + 4096))) ?? [];
      if (type !== undefined) family = type === 'histogram' ? (quoted ?? bare ?? '') : '';
      if (family !== '') families.add(family);
    } else if (family !== '') readLine(body, at, end, { family, format, found });
    at = end + 1;
  }
  return { samples: [...found.values()].flatMap(nativeOf), families };
}

/** Whether a series is one of those that a classic histogram of these families is made of. */
export function isPartOf(labels: Labels, families: ReadonlySet<string>): boolean {
  const name = labels[metricName] ?? '';
  const suffix = suffixes.find((one) => name.endsWith(one));
  if (suffix === undefined || !families.has(name.slice(0, -suffix.length))) return false;
  return suffix !== '_bucket' || labels['le'] !== undefined;
}

function readLine(
  body: Buffer,
  from: number,
  to: number,
  into: {
    readonly family: string;
    readonly format: 'text' | 'openmetrics';
    readonly found: Map<string, Classic>;
  },
): void {
  const { family, format, found } = into;
  const keyEnd = seriesEnd(body, from, to);
  if (keyEnd <= from) return;
  const labels = labelsIn(body.subarray(from, keyEnd));
  if (labels === undefined || !isPartOf(labels, new Set([family]))) return;
  const [sample = ''] = body.toString('latin1', keyEnd, to).split(' # ');
  const [valueText = '', timeText = ''] = sample.trim().split(/[ \t]+/);
  const value = numberOf(valueText);
  if (value === undefined) return;
  const { [metricName]: name = '', le, ...own } = labels;
  const key = `${family} ${labelsKey(own)}`;
  const classic = found.get(key) ?? {
    labels: { ...own, [metricName]: family },
    bounds: new Map(),
    sum: 0,
    count: undefined,
    atMs: undefined,
  };
  found.set(key, classic);
  const time = numberOf(timeText);
  if (time !== undefined) classic.atMs = format === 'openmetrics' ? Math.trunc(time * 1000) : time;
  if (name.endsWith('_sum')) classic.sum = value;
  else if (name.endsWith('_count')) classic.count = value;
  else {
    const bound = numberOf(le ?? '');
    if (bound !== undefined) classic.bounds.set(bound, value);
  }
}

function labelsIn(key: Buffer): Labels | undefined {
  try {
    return readSeries(key);
  } catch {
    // Said with its line when the samples are read.
    return undefined;
  }
}

function numberOf(text: string): number | undefined {
  return text === '' ? undefined : readNumber(Buffer.from(text), 0, text.length);
}

/** Nothing where the counts go down from bound to bound, which no histogram does. */
function nativeOf({ labels, bounds, sum, count, atMs }: Classic): NativeSample[] {
  const sorted = [...bounds].filter(([bound]) => !Number.isNaN(bound)).sort(([a], [b]) => a - b);
  const finite = sorted.filter(([bound]) => bound !== Number.POSITIVE_INFINITY);
  const last = sorted.at(-1)?.[1] ?? 0;
  const total = count ?? last;
  const cumulative = [...finite.map(([, value]) => value), Math.max(total, last)];
  const counts = cumulative.map((value, index) => value - (cumulative[index - 1] ?? 0));
  if (sorted.length === 0 || counts.some((value) => !(value >= 0))) return [];
  const { spans, buckets } = filled(counts);
  const histogram: FloatHistogram = {
    schema: customBucketsSchema,
    zeroThreshold: 0,
    zeroCount: 0,
    count: Math.max(total, last),
    sum,
    positiveSpans: spans,
    negativeSpans: [],
    positiveBuckets: buckets,
    negativeBuckets: new Float64Array(0),
    customValues: finite.map(([bound]) => bound),
    counterReset: 'unknown',
  };
  return [{ labels, histogram, atMs }];
}

/** Spans of the buckets that count anything. */
function filled(counts: readonly number[]): { spans: BucketSpan[]; buckets: Float64Array } {
  const spans: { offset: number; length: number }[] = [];
  const buckets: number[] = [];
  let left = 0;
  for (const count of counts) {
    const span = spans.at(-1);
    if (count === 0) left++;
    else {
      if (span === undefined || left > 0) spans.push({ offset: left, length: 1 });
      else span.length++;
      left = 0;
      buckets.push(count);
    }
  }
  return { spans, buckets: Float64Array.from(buckets) };
}
