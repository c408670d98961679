import { parseDuration } from '../../src/kit/duration.ts';
import type { Labels } from '../../src/model/labels.ts';
import {
  type NotedValue,
  parseSeriesLabels,
  parseSeriesValues,
  splitSeriesLine,
} from '../../src/promql/series-notation.ts';
import { readNumber } from '../../src/promql/token-reader.ts';
import { unquote } from '../../src/promql/unquote.ts';
import { nativeFromClassic } from './promql-nhcb.ts';

export type Command =
  | { readonly kind: 'clear' }
  | { readonly kind: 'load'; readonly stepMs: number; readonly series: readonly LoadedSeries[] }
  | EvalCommand;

export interface LoadedSeries {
  readonly labels: Labels;
  readonly values: readonly NotedValue[];
  /** Set when the line gives start timestamps (`@st`), relative to the samples' times. */
  readonly startsMs: readonly (number | undefined)[] | undefined;
}

export interface EvalCommand {
  readonly kind: 'eval';
  readonly line: number;
  readonly query: string;
  readonly time:
    | { readonly kind: 'instant'; readonly atMs: number }
    | { readonly kind: 'range'; readonly startMs: number; readonly endMs: number; readonly stepMs: number };
  readonly expects: readonly Expectation[];
  readonly series: readonly { readonly labels: Labels; readonly values: readonly NotedValue[] }[];
  readonly scalar: number | undefined;
  readonly text: string | undefined;
  readonly rangeVector:
    | { readonly startMs: number; readonly endMs: number; readonly stepMs: number }
    | undefined;
}

export interface Expectation {
  readonly type: 'fail' | 'warn' | 'info' | 'no_warn' | 'no_info' | 'ordered';
  readonly match: 'msg' | 'regex' | undefined;
  readonly pattern: string;
}

/** Reads a script. @throws with the line's number when a line cannot be read. */
export function parseScript(text: string): Command[] {
  const lines = text.split('\n').map((line) => {
    const trimmed = line.trim();
    return trimmed.startsWith('#') ? '' : trimmed;
  });
  const commands: Command[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? '';
    const start = at++;
    if (line === '') continue;
    const body: string[] = [];
    const takesBody = /^(?:load|eval)/.test(line);
    while (takesBody && at < lines.length && lines[at] !== '') body.push(lines[at++] ?? '');
    try {
      commands.push(parseCommand(line, body, start + 1));
    } catch (error) {
      throw new Error(`line ${start + 1}: ${(error as Error).message}`, { cause: error });
    }
  }
  return commands;
}

function parseCommand(line: string, body: readonly string[], number: number): Command {
  if (line === 'clear') return { kind: 'clear' };
  const load = /^load(_with_nhcb)?\s+(\S+)$/.exec(line);
  if (load !== null) {
    const series = body.map(parseLoaded);
    const native = load[1] === undefined ? [] : nativeFromClassic(series);
    return { kind: 'load', stepMs: durationOf(load[2]), series: [...series, ...native] };
  }
  const instant = /^eval(?:_(fail|warn|info|ordered))?\s+instant\s+at\s+(\S+)\s+(.+)$/.exec(line);
  if (instant !== null) {
    const time = { kind: 'instant', atMs: durationOf(instant[2]) } as const;
    return parseEval({ number, time, query: instant[3] ?? '', legacy: instant[1] }, body);
  }
  const range = /^eval(?:_(fail|warn|info))?\s+range\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)\s+(.+)$/.exec(
    line,
  );
  if (range === null) throw new Error(`cannot read the command "${line}"`);
  const [, legacy, start, end, step, query = ''] = range;
  const time = { kind: 'range', ...span(start, end, step) } as const;
  return parseEval({ number, time, query, legacy }, body);
}

function span(start: string | undefined, end: string | undefined, step: string | undefined) {
  return { startMs: durationOf(start), endMs: durationOf(end), stepMs: durationOf(step) };
}

function durationOf(text = ''): number {
  const negative = text.startsWith('-');
  const ms = parseDuration(negative ? text.slice(1) : text);
  if (ms === undefined) throw new Error(`not a duration: "${text}"`);
  return negative ? -ms : ms;
}

function parseLoaded(line: string): LoadedSeries {
  const { series, values } = splitSeriesLine(line);
  if (!series.endsWith('@st'))
    return { labels: parseSeriesLabels(series), values: parseSeriesValues(values), startsMs: undefined };
  const labels = parseSeriesLabels(series.slice(0, -'@st'.length));
  return { labels, values: [], startsMs: values.split(/\s+/).flatMap(expandStart) };
}

/** `-30s-1mx2`: -30s, -1m30s, -2m30s. */
function expandStart(item: string): (number | undefined)[] {
  if (/^_(?:x\d+)?$/.test(item)) return Array.from({ length: Number(item.slice(2) || 1) }, () => undefined);
  const match = /^([+-]?[0-9a-wyz]+)(?:([+-][0-9a-wyz]+))?(?:x(\d+))?$/.exec(item);
  if (match === null) throw new Error(`cannot read the start timestamp "${item}"`);
  const first = durationOf((match[1] ?? '').replace(/^\+/, ''));
  const step = match[2] === undefined ? 0 : durationOf(match[2].replace(/^\+/, ''));
  const count = match[3] === undefined ? 1 : Number(match[3]) + 1;
  return Array.from({ length: count }, (_, i) => first + i * step);
}

function parseEval(
  head: { number: number; time: EvalCommand['time']; query: string; legacy: string | undefined },
  body: readonly string[],
): EvalCommand {
  const expects: Expectation[] = [];
  const series: { labels: Labels; values: readonly NotedValue[] }[] = [];
  let scalar: number | undefined;
  let text: string | undefined;
  let rangeVector: EvalCommand['rangeVector'];
  if (head.legacy !== undefined)
    expects.push({ type: head.legacy as Expectation['type'], match: undefined, pattern: '' });
  for (const line of body) {
    const vector = /^expect range vector from (\S+) to (\S+) step (\S+)$/.exec(line);
    const string = /^expect string\s+(.+)$/.exec(line);
    const legacy = /^expected_fail_(message|regexp)\s+(.+)$/.exec(line);
    if (vector !== null) rangeVector = span(vector[1], vector[2], vector[3]);
    else if (string !== null) text = unquote(string[1] ?? '');
    else if (legacy !== null)
      expects.push({
        type: 'fail',
        match: legacy[1] === 'message' ? 'msg' : 'regex',
        pattern: legacy[2] ?? '',
      });
    else if (/^expect\s/.test(line)) expects.push(parseExpectation(line));
    else if (readNumber(line.replace(/^[+-](?!inf)/i, '')) !== undefined) {
      const size = readNumber(line.replace(/^[+-]/, '')) ?? 0;
      scalar = line.startsWith('-') ? -size : size;
    } else {
      const split = splitSeriesLine(line);
      series.push({ labels: parseSeriesLabels(split.series), values: parseSeriesValues(split.values) });
    }
  }
  const { number: lineNumber, time, query } = head;
  return { kind: 'eval', line: lineNumber, query, time, expects, series, scalar, text, rangeVector };
}

function parseExpectation(line: string): Expectation {
  const match = /^expect\s+(fail|warn|info|no_warn|no_info|ordered)(?:\s+(msg|regex):\s*(.+))?$/.exec(line);
  if (match === null) throw new Error(`cannot read the expectation "${line}"`);
  const [, type, kind, pattern = ''] = match;
  return { type: type as Expectation['type'], match: kind as Expectation['match'], pattern };
}
