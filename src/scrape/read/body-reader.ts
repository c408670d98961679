import type { Labels } from '../../model/labels.ts';
import { comment, dropped, hashOf, type LineCache, none } from './line-cache.ts';
import { readNumber, readSlowly } from './number-reader.ts';
import { LineError, readLabelSet, readSeries, seriesEnd } from './series-text.ts';

/** Why a scrape failed, for people. */
export class ScrapeError extends Error {
  /** The limit that it went over, for counters. */
  readonly limit: 'sample' | 'body' | 'label' | undefined;

  constructor(message: string, limit?: 'sample' | 'body' | 'label') {
    super(message);
    this.limit = limit;
  }
}

export type BodyFormat = 'text' | 'openmetrics';

export interface BodyOptions {
  readonly format: BodyFormat;
  /** Unix ms of samples that bring no time of their own. */
  readonly scrapeMs: number;
  /** Later than this no sample may be. */
  readonly latestMs: number;
  readonly honorTimestamps: boolean;
  /** Samples with their own time end with a staleness marker too. */
  readonly trackTimestamps: boolean;
  /** Kept samples; 0 is no limit. */
  readonly sampleLimit: number;
  /** Counts scrapes of the target. */
  readonly round: number;
  /**
   * The handle of a series new to the target; {@link dropped} where relabelling drops it, {@link none} where the store takes no more.
   *
   * @throws {ScrapeError} for labels beyond a limit.
   */
  readonly resolve: (labels: Labels) => number;
  /** Whether relabelling keeps a series; nothing is made for it. @throws {ScrapeError} as `resolve` does. */
  readonly isKept: (labels: Labels) => boolean;
}

export interface FoundExemplar {
  /** Of its series, as the target gave them. */
  readonly given: Labels;
  readonly labels: Labels;
  readonly value: number;
  readonly atMs: number;
}

/** Samples as the store takes them; grows, and is used again and again. */
export class SampleRows {
  handles = new Float64Array(4096);
  timesMs = new Float64Array(4096);
  values = new Float64Array(4096);
  length = 0;

  push(handle: number, atMs: number, value: number): number {
    if (this.length === this.handles.length) this.#grow();
    const at = this.length++;
    this.handles[at] = handle;
    this.timesMs[at] = atMs;
    this.values[at] = value;
    return at;
  }

  #grow(): void {
    for (const column of ['handles', 'timesMs', 'values'] as const) {
      const larger = new Float64Array(this[column].length * 2);
      larger.set(this[column]);
      this[column] = larger;
    }
  }
}

/** Series' text longer than this is refused, and comments are passed over. */
const longestKey = 256 * 1024;
const mostExemplars = 10_000;

const blank = 32;
const tab = 9;
const newline = 10;
const carriageReturn = 13;
const hash = 35;
/** Of `# TYPE`. */
const letterT = 84;

/**
 * Reads an answer line by line into samples. It accepts what Prometheus accepts: order, types and grouping are not looked at.
 * A line that the cache knows costs a comparison of bytes and a number.
 *
 * Source: https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export class BodyReader {
  readonly #body: Buffer;
  readonly #cache: LineCache;
  readonly #rows: SampleRows;
  readonly #options: BodyOptions;
  #at = 0;
  #line = 0;
  /** Whether OpenMetrics' end was seen. */
  #isEnded = false;
  /** The comment that said a type last. */
  #typeRow: number = none;
  #isOver = false;
  scraped = 0;
  kept = 0;
  added = 0;
  repeated = 0;
  overLimit = 0;
  readonly exemplars: FoundExemplar[] = [];

  constructor(body: Buffer, cache: LineCache, rows: SampleRows, options: BodyOptions) {
    this.#body = body;
    this.#cache = cache;
    this.#rows = rows;
    this.#options = options;
    cache.begin();
  }

  /** Reads on for so many lines; true when all is read. @throws {ScrapeError} naming the line. */
  read(lines: number): boolean {
    const end = this.#body.length;
    try {
      for (let left = lines; left > 0 && this.#at < end && !this.#isEnded; left--) {
        this.#line++;
        this.#readLine();
      }
    } catch (error) {
      if (error instanceof LineError) throw new ScrapeError(`line ${this.#line}: ${error.message}`);
      throw error;
    }
    if (this.#at < end && !this.#isEnded) return false;
    const { sampleLimit } = this.#options;
    if (this.#isOver)
      throw new ScrapeError(`sample_limit exceeded: ${this.kept} samples, limit: ${sampleLimit}`, 'sample');
    if (this.#options.format === 'openmetrics' && !this.#isEnded)
      throw new ScrapeError('the answer ends without # EOF: it is cut off, or no OpenMetrics');
    return true;
  }

  #readLine(): void {
    const body = this.#body;
    const cache = this.#cache;
    const at = this.#at;
    let row = cache.expected(body, at);
    if (row !== none) {
      const end = at + cache.lengthOf(row);
      const after = body[end];
      if (cache.handles[row] === comment) {
        if (after === newline || end === body.length) {
          this.#at = end + 1;
          this.#seenComment(row, at);
          return;
        }
      } else if ((after === blank || after === tab) && cache.handles[row] !== none) {
        this.#readSample(row, end);
        return;
      }
    }
    let from = at;
    while (body[from] === blank || body[from] === tab) from++;
    const first = body[from];
    if (first === newline || first === carriageReturn || from >= body.length) {
      this.#at = this.#lineEnd(from) + 1;
      return;
    }
    if (first === hash || this.#isOver) {
      if (first === hash) this.#readComment(from);
      else this.#count(from);
      return;
    }
    const end = seriesEnd(body, from, this.#lineEnd(from));
    if (end < 0) throw new LineError('braces or quotes are not closed');
    if (end - from > longestKey)
      throw new LineError(`a series whose text is longer than ${longestKey} bytes`);
    row = cache.find(body, from, end);
    if (row === none || cache.handles[row] === none) row = this.#resolve(from, end, row);
    this.#readSample(row, end);
  }

  /** Beyond the limit samples are only counted, so that it can be seen how far. */
  #count(from: number): void {
    const body = this.#body;
    const lineEnd = this.#lineEnd(from);
    this.#at = lineEnd + 1;
    this.scraped++;
    const end = seriesEnd(body, from, lineEnd);
    if (end < 0) throw new LineError('braces or quotes are not closed');
    const row = this.#cache.find(body, from, end);
    const isKept =
      row === none
        ? this.#options.isKept(withPlainBounds(readSeries(body.subarray(from, end)), this.#typeText()))
        : this.#cache.handles[row] !== dropped;
    if (isKept) this.kept++;
  }

  /** A series that is new to the target. */
  #resolve(from: number, end: number, known: number): number {
    const labels = withPlainBounds(readSeries(this.#body.subarray(from, end)), this.#typeText());
    const handle = this.#options.resolve(labels);
    const cache = this.#cache;
    if (handle === none) this.overLimit++;
    if (handle >= 0) this.added++;
    if (known === none) return cache.add(this.#body, from, end, handle);
    cache.handles[known] = handle;
    return known;
  }

  #typeText(): string {
    return this.#typeRow === none ? '' : this.#cache.keyOf(this.#typeRow).toString('utf8');
  }

  #readSample(row: number, keyEnd: number): void {
    const body = this.#body;
    const { round, scrapeMs, honorTimestamps, trackTimestamps, sampleLimit, latestMs } = this.#options;
    let from = keyEnd;
    while (body[from] === blank || body[from] === tab) from++;
    let to = from;
    for (; to < body.length; to++) {
      const byte = body[to] as number;
      if (byte === newline || byte === blank || byte === tab || byte === carriageReturn) break;
    }
    const value = readNumber(body, from, to);
    if (value === undefined)
      throw new LineError(
        `expected a number, found "${body.toString('utf8', from, Math.min(to, from + 40))}"`,
      );
    let ownMs: number | undefined;
    let rest = to;
    if (body[to] !== newline && to < body.length) {
      while (body[rest] === blank || body[rest] === tab || body[rest] === carriageReturn) rest++;
      if (rest < body.length && body[rest] !== newline && body[rest] !== hash) {
        let stop = rest;
        while (stop < body.length && (body[stop] as number) > blank) stop++;
        ownMs = this.#timeOf(rest, stop);
        rest = stop;
        while (body[rest] === blank || body[rest] === tab || body[rest] === carriageReturn) rest++;
      }
    }
    this.scraped++;
    const cache = this.#cache;
    const handle = cache.handles[row] as number;
    const lineEnd = body[rest] === newline || rest >= body.length ? rest : this.#lineEnd(rest);
    if (rest < lineEnd && body[rest] !== hash)
      throw new LineError(
        `there is something after the sample: "${body.toString('utf8', rest, Math.min(lineEnd, rest + 40))}"`,
      );
    this.#at = lineEnd + 1;
    const isRepeated = cache.rounds[row] === round;
    cache.seen(row, round);
    if (handle < 0) {
      cache.tracked[row] = 0;
      return;
    }
    const hasOwn = ownMs !== undefined && honorTimestamps;
    if (isRepeated && !hasOwn) {
      this.repeated++;
      return;
    }
    const atMs = hasOwn ? (ownMs as number) : scrapeMs;
    if (atMs > latestMs)
      throw new LineError(
        `${cache.keyOf(row).toString('utf8', 0, 120)} has the time ${timeText(atMs)}, which is more than 10 minutes ahead of now`,
      );
    this.kept++;
    if (sampleLimit > 0 && this.kept > sampleLimit) this.#isOver = true;
    cache.tracked[row] = hasOwn && !trackTimestamps ? 0 : cache.tracked[row] === 1 ? 1 : 2;
    this.#rows.push(handle, atMs, value);
    if (rest < lineEnd && this.#options.format === 'openmetrics')
      this.#readExemplar(row, rest, lineEnd, atMs);
  }

  #timeOf(from: number, to: number): number {
    const value = readNumber(this.#body, from, to);
    if (value === undefined || !Number.isFinite(value))
      throw new LineError(
        `expected a time, found "${this.#body.toString('utf8', from, Math.min(to, from + 40))}"`,
      );
    if (this.#options.format === 'openmetrics') return Math.trunc(value * 1000);
    if (!Number.isInteger(value)) throw new LineError('a time must be whole milliseconds');
    return value;
  }

  /** ` # {trace_id="a"} 0.5 1.7e9`: one that was there last time already costs nothing. */
  #readExemplar(row: number, from: number, to: number, atMs: number): void {
    const cache = this.#cache;
    const digest = hashOf(this.#body, from, to);
    if (cache.exemplars[row] === digest || this.exemplars.length >= mostExemplars) return;
    cache.exemplars[row] = digest;
    const text = this.#body.toString('utf8', from + 1, to);
    const found = /^\s*(\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})\s*(\S+)(?:\s+(\S+))?\s*$/s.exec(text);
    const value =
      found === null ? undefined : readNumber(Buffer.from(found[2] ?? ''), 0, (found[2] ?? '').length);
    if (found === null || value === undefined)
      throw new LineError(`a bad exemplar: ${JSON.stringify(text.slice(0, 60))}`);
    const seconds = found[3] === undefined ? undefined : Number(found[3]);
    if (seconds !== undefined && !Number.isFinite(seconds))
      throw new LineError('an exemplar with a bad time');
    this.exemplars.push({
      given: withPlainBounds(readSeries(cache.keyOf(row)), this.#typeText()),
      labels: readLabelSet(found[1] ?? '{}'),
      value,
      atMs: seconds === undefined ? atMs : Math.trunc(seconds * 1000),
    });
  }

  #readComment(from: number): void {
    const body = this.#body;
    const lineEnd = this.#lineEnd(from);
    this.#at = lineEnd + 1;
    if (
      this.#options.format === 'openmetrics' &&
      body.toString('latin1', from, Math.min(lineEnd, from + 6)).trimEnd() === '# EOF'
    ) {
      this.#isEnded = true;
      if (this.#at < body.length) throw new LineError('there is something after # EOF');
      return;
    }
    if (lineEnd - from > longestKey) return;
    const known = this.#cache.find(body, from, lineEnd);
    const row = known === none ? this.#cache.add(body, from, lineEnd, comment) : known;
    this.#seenComment(row, from);
  }

  #seenComment(row: number, at: number): void {
    if (this.#body[at + 2] === letterT) this.#typeRow = row;
    this.#cache.seen(row, this.#options.round);
  }

  #lineEnd(from: number): number {
    const end = this.#body.indexOf(newline, from);
    return end < 0 ? this.#body.length : end;
  }
}

/**
 * Bounds of buckets and quantiles in the one form that OpenMetrics has, `1.0`, whatever the target writes, so that a target's
 * series stay the same when the format does not.
 */
function withPlainBounds(labels: Labels, typeText: string): Labels {
  const name = typeText.endsWith(' histogram')
    ? 'le'
    : typeText.endsWith(' summary')
      ? 'quantile'
      : undefined;
  const text = name === undefined ? undefined : labels[name];
  if (name === undefined || text === undefined || text === '') return labels;
  const value = readSlowly(text);
  return value === undefined ? labels : { ...labels, [name]: boundText(value) };
}

/** As Go writes floats in their shortest form, with `.0` where nothing shows that it is one. */
function boundText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return '0.0';
  const [digits = '', power = '0'] = value.toExponential().split('e');
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) {
    const plain = String(value);
    return plain.includes('.') ? plain : `${plain}.0`;
  }
  const size = String(Math.abs(exponent)).padStart(2, '0');
  return `${digits}e${exponent < 0 ? '-' : '+'}${size}`;
}

function timeText(atMs: number): string {
  return Math.abs(atMs) <= 8.64e15 ? new Date(atMs).toISOString() : `${atMs} ms`;
}

export { dropped, none };
