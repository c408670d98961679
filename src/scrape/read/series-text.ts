import { isUtf8 } from 'node:buffer';
import { type Labels, metricName } from '../../model/labels.ts';

const quote = 34;
const backslash = 92;
const open = 123;
const close = 125;
const newline = 10;

/** Where the text of a series that starts at `from` ends: after its name, or its braces. −1 where braces are not closed. */
export function seriesEnd(body: Buffer, from: number, to: number): number {
  let i = from;
  for (; i < to; i++) {
    const byte = body[i];
    if (byte === open) break;
    if (byte === 32 || byte === 9) {
      // Between a name and its braces there may be blanks.
      let after = i;
      while (after < to && (body[after] === 32 || body[after] === 9)) after++;
      if (body[after] !== open || after >= to) return i;
      i = after;
      break;
    }
  }
  if (i >= to) return i;
  let isQuoted = false;
  for (i++; i < to; i++) {
    const byte = body[i];
    if (byte === backslash && isQuoted) i++;
    else if (byte === quote) isQuoted = !isQuoted;
    else if (byte === close && !isQuoted) return i + 1;
    else if (byte === newline) return -1;
  }
  return -1;
}

/** A line that is not as it should be. */
export class LineError extends Error {}

const name = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const quoted = /"((?:[^"\\\n]|\\.)*)"/y;
const blanks = /[ \t]*/y;

/**
 * The labels of a series' text, its name as `__name__`: `up{a="b"}` or `{"up.time",a="b"}`.
 *
 * @throws {LineError} saying what is wrong.
 */
export function readSeries(key: Buffer): Labels {
  if (!isUtf8(key))
    throw new LineError(`invalid UTF-8 in ${JSON.stringify(key.toString('utf8').slice(0, 80))}`);
  const text = key.toString('utf8');
  const labels: Record<string, string> = {};
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  const first = take(name);
  if (first !== null) labels[metricName] = first[0];
  take(blanks);
  if (at < text.length) {
    if (text[at] !== '{') throw new LineError(`expected the name of a metric, found ${shown(text, at)}`);
    at++;
    readPairs(text, labels, take, () => at);
  }
  if (labels[metricName] === undefined) throw new LineError(`a series without a name: ${shown(text, 0)}`);
  return labels;
}

/** The labels of an exemplar: `{trace_id="a"}`. @throws {LineError} */
export function readLabelSet(text: string): Labels {
  const labels: Record<string, string> = {};
  let at = 1;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  readPairs(text, labels, take, () => at);
  return labels;
}

const separator = /,/y;
const equals = /[ \t]*=[ \t]*/y;
const end = /\}/y;

function readPairs(
  text: string,
  labels: Record<string, string>,
  take: (pattern: RegExp) => RegExpExecArray | null,
  at: () => number,
): void {
  for (;;) {
    take(blanks);
    if (take(end) !== null) return;
    const bare = take(name);
    const braced = bare === null ? take(quoted) : null;
    const label = bare?.[0] ?? (braced === null ? undefined : unescaped(braced[1] ?? ''));
    if (label === undefined) throw new LineError(`expected the name of a label, found ${shown(text, at())}`);
    if (take(equals) === null) {
      // In braces, a quoted text alone is the metric's name.
      if (braced === null || labels[metricName] !== undefined)
        throw new LineError(`expected = after the label ${label}, found ${shown(text, at())}`);
      labels[metricName] = label;
    } else {
      const value = take(quoted);
      if (value === null) throw new LineError(`expected a value in quotes, found ${shown(text, at())}`);
      if (labels[label] !== undefined) throw new LineError(`the label ${label} is there twice`);
      labels[label] = unescaped(value[1] ?? '');
    }
    take(blanks);
    if (take(separator) === null) {
      if (take(end) !== null) return;
      throw new LineError(`expected a comma or a closing brace, found ${shown(text, at())}`);
    }
  }
}

function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(.)/gs, (whole, char: string) => {
    if (char === 'n') return '\n';
    return char === '\\' || char === '"' ? char : whole;
  });
}

function shown(text: string, at: number): string {
  return JSON.stringify(text.slice(at, at + 40));
}
