import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { messageOf } from '../../src/kit/app-error.ts';
import { safeRegex } from '../../src/kit/regex.ts';
import type { FloatHistogram } from '../../src/model/float-histogram.ts';
import { formatLabels, type Labels, labelsKey } from '../../src/model/labels.ts';
import { childrenOf, type Expr } from '../../src/promql/ast.ts';
import { Engine } from '../../src/promql/engine.ts';
import { formatExpr } from '../../src/promql/format.ts';
import { isCustom } from '../../src/promql/histogram/parts.ts';
import { compactHistogram } from '../../src/promql/histogram/scale.ts';
import { formatHistogram } from '../../src/promql/histogram/text.ts';
import { parseExpr } from '../../src/promql/parser.ts';
import type { QueryResult } from '../../src/promql/query-result.ts';
import type { NotedValue } from '../../src/promql/series-notation.ts';
import { type Command, type EvalCommand, parseScript } from './promql-script.ts';
import { ScriptStore } from './promql-store.ts';

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const defaultFolder = join(import.meta.dirname, '../../../shared/conformance/promql');

/** Runs every `*.test` script of a folder, or one script; prints each failure and a line for each script. */
export async function run(path: string | undefined): Promise<Counts> {
  const root = path ?? defaultFolder;
  const files = statSync(root).isDirectory()
    ? readdirSync(root)
        .filter((name) => name.endsWith('.test'))
        .sort()
        .map((name) => join(root, name))
    : [root];
  const total: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const file of files) {
    const counts = runScript(basename(file), readFileSync(file, 'utf8'));
    console.log(`${basename(file)}: ${counts.passed} passed, ${counts.failed} failed`);
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
  }
  return total;
}

function runScript(name: string, text: string): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  let commands: Command[];
  try {
    commands = parseScript(text);
  } catch (error) {
    counts.failed = text.match(/^\s*eval/gm)?.length ?? 0;
    console.log(`${name}: does not parse: ${messageOf(error)}`);
    return counts;
  }
  const store = new ScriptStore();
  for (const command of commands) {
    if (command.kind === 'clear') store.clear();
    else if (command.kind === 'load') load(store, command);
    else {
      const problem = judge(store, command);
      if (problem === undefined) counts.passed++;
      else {
        counts.failed++;
        console.log(`${name}:${command.line}: ${command.query}\n    ${problem}`);
      }
    }
  }
  return counts;
}

function load(store: ScriptStore, { stepMs, series }: Extract<Command, { kind: 'load' }>): void {
  for (const { labels, values, startsMs } of series)
    if (startsMs === undefined) store.load(labels, values, stepMs);
  for (const { labels, startsMs } of series)
    if (startsMs !== undefined) store.loadStarts(labels, startsMs, stepMs);
}

const engine = new Engine({ maxSamples: 10_000, delayedNameRemoval: true, startTimestamps: true });

/** What is wrong with our answer, or undefined. */
function judge(store: ScriptStore, command: EvalCommand): string | undefined {
  try {
    if (command.time.kind === 'range') return judgeRange(store, command, command.time);
    return judgeInstant(store, command, command.time.atMs);
  } catch (error) {
    return `crashed: ${(error as Error).stack}`;
  }
}

function judgeRange(
  store: ScriptStore,
  command: EvalCommand,
  { startMs, endMs, stepMs }: Extract<EvalCommand['time'], { kind: 'range' }>,
): string | undefined {
  const answer = attempt(() => engine.range(store, command.query, startMs, endMs, stepMs));
  const problem = judgeOutcome(command, answer);
  if (problem !== undefined || 'error' in answer) return problem;
  const wanted = command.series.map(({ labels, values }) => ({
    labels,
    points: pointsOf(values, startMs, stepMs),
  }));
  return compareSeries(wanted, seriesOf(answer.result));
}

function judgeInstant(store: ScriptStore, command: EvalCommand, atMs: number): string | undefined {
  const problem = judgeInstantOnce(store, command, command.query, atMs, atMs);
  if (problem !== undefined) return problem;
  let expr: Expr;
  try {
    expr = parseExpr(command.query);
  } catch {
    return undefined;
  }
  if (dependsOnTime(expr)) return undefined;
  const pinned = formatExpr(pin(expr, atMs));
  for (const shiftMs of [-420_000, -30_000, 13_000, 300_000, 3_600_000]) {
    const found = judgeInstantOnce(store, command, pinned, atMs + shiftMs, atMs);
    if (found !== undefined) return `pinned, at ${(atMs + shiftMs) / 1000}s: ${pinned}\n    ${found}`;
  }
  return undefined;
}

function judgeInstantOnce(
  store: ScriptStore,
  command: EvalCommand,
  query: string,
  evalMs: number,
  atMs: number,
): string | undefined {
  const answer = attempt(() => engine.instant(store, query, evalMs));
  const problem = judgeOutcome(command, answer);
  if (problem !== undefined || 'error' in answer) return problem;
  const difference = compareInstant(command, answer.result, atMs);
  if (difference !== undefined) return difference;
  const ordered = command.expects.some(({ type }) => type === 'ordered');
  if (ordered || command.text !== undefined || command.rangeVector !== undefined) return undefined;
  if (callsAny(parseExpr(query), rangeFunctions)) return undefined;
  const wide = attempt(() => engine.range(store, query, evalMs - 60_000, evalMs + 60_000, 60_000));
  if ('error' in wide) return `as a range: ${wide.error}`;
  const found = compareMiddle(command, wide.result, evalMs);
  return found === undefined ? undefined : `as a range: ${found}`;
}

type Answer = { readonly result: QueryResult } | { readonly error: string };

function attempt(query: () => QueryResult): Answer {
  try {
    return { result: query() };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return { error: 'problem' in error ? `${messageOf(error)}\u0000${error.problem}` : messageOf(error) };
  }
}

/** Judges failure and annotations. */
function judgeOutcome({ expects }: EvalCommand, answer: Answer): string | undefined {
  const fails = expects.filter(({ type }) => type === 'fail');
  if ('error' in answer) {
    const texts = answer.error.split('\u0000');
    if (fails.length === 0) return `failed: ${texts[0]}`;
    const missed = fails.find((expected) => !texts.some((text) => matches(expected, text)));
    return missed === undefined ? undefined : `failed otherwise than expected: ${texts[0]}`;
  }
  if (fails.length > 0) return 'did not fail';
  for (const [type, none, annotations] of [
    ['warn', 'no_warn', answer.result.warnings],
    ['info', 'no_info', answer.result.infos],
  ] as const) {
    if (expects.some((expected) => expected.type === none) && annotations.length > 0)
      return `unexpected ${type}: ${annotations.join('; ')}`;
    const wanted = expects.filter((expected) => expected.type === type);
    const missing = wanted.find((expected) => !annotations.some((text) => matches(expected, text)));
    if (missing !== undefined)
      return `no ${type} ${missing.pattern}; there is: ${annotations.join('; ') || 'none'}`;
    const extra = annotations.find((text) => !wanted.some((expected) => matches(expected, text)));
    if (wanted.length > 0 && extra !== undefined) return `unexpected ${type}: ${extra}`;
  }
  return undefined;
}

function matches({ match, pattern }: EvalCommand['expects'][number], text: string): boolean {
  if (match === undefined) return true;
  const bare = /^".*"$/.test(pattern) ? pattern.slice(1, -1) : pattern;
  return match === 'msg' ? text === pattern || text === bare : safeRegex(bare).finds(text);
}

interface PlainSeries {
  readonly labels: Labels;
  readonly points: ReadonlyMap<number, NotedValue>;
}

function pointsOf(values: readonly NotedValue[], startMs: number, stepMs: number): Map<number, NotedValue> {
  const points = new Map<number, NotedValue>();
  values.forEach((value, i) => {
    if (value.kind !== 'none') points.set(startMs + i * stepMs, value);
  });
  return points;
}

function seriesOf(result: QueryResult): PlainSeries[] {
  if (result.type !== 'matrix') return [];
  return result.series.map(({ labels, timesMs, values, histograms }) => {
    const points = new Map<number, NotedValue>();
    timesMs.forEach((time, i) => void points.set(time, noted(values[i] ?? 0, histograms?.[i])));
    return { labels, points };
  });
}

function noted(value: number, histogram: FloatHistogram | undefined): NotedValue {
  return histogram === undefined
    ? { kind: 'float', value }
    : { kind: 'histogram', histogram, saysReset: true };
}

function compareSeries(wanted: readonly PlainSeries[], got: readonly PlainSeries[]): string | undefined {
  const left = new Map(got.map((series) => [labelsKey(series.labels), series]));
  for (const { labels, points } of wanted) {
    const series = left.get(labelsKey(labels));
    left.delete(labelsKey(labels));
    for (const [time, value] of points) {
      const found = series?.points.get(time);
      if (!isClose(value, found))
        return `${formatLabels(labels)} at ${time / 1000}s: expected ${show(value)}, got ${show(found)}`;
    }
    for (const [time, value] of series?.points ?? [])
      if (!points.has(time)) return `${formatLabels(labels)} at ${time / 1000}s: unexpected ${show(value)}`;
  }
  const [extra] = left.values();
  return extra === undefined ? undefined : `unexpected series ${formatLabels(extra.labels)}`;
}

function compareInstant(command: EvalCommand, result: QueryResult, atMs: number): string | undefined {
  if (command.text !== undefined)
    return result.type === 'string' && result.value === command.text ? undefined : 'not the expected string';
  if (command.rangeVector !== undefined) {
    const { startMs, stepMs } = command.rangeVector;
    const wanted = command.series.map(({ labels, values }) => ({
      labels,
      points: pointsOf(values, startMs, stepMs),
    }));
    return compareSeries(wanted, seriesOf(result));
  }
  if (command.scalar !== undefined) return compareScalar(command.scalar, result);
  if (result.type === 'matrix') return 'a range vector, which was not expected';
  const got = vectorOf(result, atMs);
  const wanted = command.series.map(({ labels, values }) => ({
    labels,
    points: pointsOf(values.slice(0, 1), atMs, 1),
  }));
  const difference = compareSeries(wanted, got);
  if (difference !== undefined || !command.expects.some(({ type }) => type === 'ordered')) return difference;
  const misplaced = wanted.findIndex(
    (series, i) => labelsKey(series.labels) !== labelsKey(got[i]?.labels ?? {}),
  );
  return misplaced < 0 ? undefined : `in another order, from place ${misplaced + 1}`;
}

function compareScalar(wanted: number, result: QueryResult): string | undefined {
  const value = result.type === 'scalar' ? result.value : undefined;
  if (value !== undefined && isClose({ kind: 'float', value: wanted }, { kind: 'float', value }))
    return undefined;
  return `expected the scalar ${wanted}, got ${value ?? result.type}`;
}

function vectorOf(result: QueryResult, atMs: number): PlainSeries[] {
  if (result.type === 'scalar')
    return [{ labels: {}, points: new Map([[atMs, { kind: 'float', value: result.value }]]) }];
  if (result.type !== 'vector') return [];
  return result.samples.map(({ labels, value, histogram }) => ({
    labels,
    points: new Map([[atMs, noted(value, histogram)]]),
  }));
}

function compareMiddle(command: EvalCommand, result: QueryResult, evalMs: number): string | undefined {
  const got = seriesOf(result).flatMap(({ labels, points }) => {
    const value = points.get(evalMs);
    return value === undefined ? [] : [{ labels, points: new Map([[evalMs, value]]) }];
  });
  const scalars = command.scalar === undefined ? [] : [{ labels: {}, value: command.scalar }];
  const wanted = [
    ...scalars.map(({ labels, value }) => ({
      labels,
      points: new Map([[evalMs, { kind: 'float', value } as const]]),
    })),
    ...command.series.map(({ labels, values }) => ({
      labels,
      points: pointsOf(values.slice(0, 1), evalMs, 1),
    })),
  ];
  return compareSeries(wanted, got);
}

function isClose(wanted: NotedValue, got: NotedValue | undefined): boolean {
  if (wanted.kind === 'float' && got?.kind === 'float') return areClose(wanted.value, got.value);
  if (wanted.kind !== 'histogram' || got?.kind !== 'histogram') return false;
  if (wanted.saysReset && wanted.histogram.counterReset !== got.histogram.counterReset) return false;
  const left = compactHistogram(wanted.histogram);
  const right = compactHistogram(got.histogram);
  return (
    left.schema === right.schema &&
    (left.zeroThreshold === right.zeroThreshold || isCustom(left)) &&
    areClose(left.count, right.count) &&
    areClose(left.sum, right.sum) &&
    areClose(left.zeroCount, right.zeroCount) &&
    areAllClose(left.customValues ?? [], right.customValues ?? []) &&
    JSON.stringify([left.positiveSpans, left.negativeSpans]) ===
      JSON.stringify([right.positiveSpans, right.negativeSpans]) &&
    areAllClose([...left.positiveBuckets], [...right.positiveBuckets]) &&
    areAllClose([...left.negativeBuckets], [...right.negativeBuckets])
  );
}

function areAllClose(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((value, i) => areClose(value, right[i] ?? Number.NaN));
}

function areClose(a: number, b: number): boolean {
  if (Object.is(a, b) || a === b || (Number.isNaN(a) && Number.isNaN(b))) return true;
  const sum = Math.abs(a) + Math.abs(b);
  const difference = Math.abs(a - b);
  if (a === 0 || b === 0) return difference < 1e-6 * Number.MIN_VALUE || difference < 1e-300;
  return difference / Math.min(sum, Number.MAX_VALUE) < 1e-6;
}

function show(value: NotedValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value.kind === 'float') return String(value.value);
  if (value.kind !== 'histogram') return value.kind;
  const { histogram, saysReset } = value;
  return `${formatHistogram(histogram)} schema ${histogram.schema}${saysReset ? ` ${histogram.counterReset}` : ''}`;
}

const rangeFunctions = new Set(['start', 'end', 'range', 'step']);
const timeFunctions = new Set([
  ...rangeFunctions,
  'days_in_month',
  'day_of_month',
  'day_of_week',
  'day_of_year',
  'hour',
  'minute',
  'month',
  'year',
  'predict_linear',
  'time',
  'timestamp',
]);

function dependsOnTime(expr: Expr): boolean {
  return callsAny(expr, timeFunctions) || /@ (?:start|end)\(\)/.test(formatExpr(expr));
}

function callsAny(expr: Expr, names: ReadonlySet<string>): boolean {
  if (expr.kind === 'call' && names.has(expr.name)) return true;
  const text =
    expr.kind === 'matrix' || expr.kind === 'selector' || expr.kind === 'subquery' ? formatExpr(expr) : '';
  if (/\b(?:step|range)\(\)/.test(text.replace(/"(?:[^"\\]|\\.)*"/g, ''))) return names.has('step');
  return childrenOf(expr).some((child) => callsAny(child, names));
}

/** Pins every selector and subquery that has no time of its own; what is inside of a subquery stays. */
function pin(expr: Expr, atMs: number): Expr {
  const inner = (child: Expr): Expr => pin(child, atMs);
  switch (expr.kind) {
    case 'number':
    case 'string':
      return expr;
    case 'selector':
    case 'subquery':
      return { ...expr, at: expr.at ?? atMs };
    case 'matrix':
      return { ...expr, selector: { ...expr.selector, at: expr.selector.at ?? atMs } };
    case 'paren':
    case 'unary':
      return { ...expr, expr: inner(expr.expr) };
    case 'binary':
      return { ...expr, left: inner(expr.left), right: inner(expr.right) };
    case 'aggregate':
      return {
        ...expr,
        expr: inner(expr.expr),
        param: expr.param === undefined ? undefined : inner(expr.param),
      };
    case 'call':
      // The second argument of `info` only names labels.
      return {
        ...expr,
        args: expr.args.map((arg, i) => (expr.name === 'info' && i === 1 ? arg : inner(arg))),
      };
  }
}
