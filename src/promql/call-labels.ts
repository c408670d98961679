import { safeRegex } from '../kit/regex.ts';
import { type Labels, metricName } from '../model/labels.ts';
import type { Call, Expr } from './ast.ts';
import { type Column, compareLabels, float, floatsOf, type Grid, type Value } from './column.ts';
import { QueryFailedError } from './errors.ts';
import { columnsOf, type Evaluation, perSeries, vector, type Work } from './evaluation.ts';
import { mergeColumns } from './merge-columns.ts';
import { naturalOrder } from './natural-order.ts';
import { sortInSlices } from './sort-series.ts';

/** A label's name may be any text that is not empty and is valid Unicode. */
export function isLabelName(name: string): boolean {
  return name !== '' && !/\p{Surrogate}/u.test(name);
}

/** `label_replace(v, dst, replacement, src, regex)` */
export function* callLabelReplace(evaluation: Evaluation, call: Call, grid: Grid): Work<Value> {
  const [arg, ...texts] = call.args as readonly [Expr, ...Expr[]];
  const [target = '', replacement = '', source = '', pattern = ''] = texts.map((text) =>
    evaluation.stringOf(text),
  );
  const regex = compile(pattern);
  if (!isLabelName(target))
    throw new QueryFailedError(`invalid destination label name in label_replace(): ${target}`);
  return yield* relabel(evaluation, columnsOf(yield* evaluation.evaluate(arg, grid)), target, (labels) => {
    const groups = regex.groups(labels[source] ?? '');
    return groups === undefined ? undefined : expandTemplate(replacement, regex.groupNames, groups);
  });
}

function compile(pattern: string) {
  try {
    return safeRegex(pattern, { dotAll: true });
  } catch (error) {
    throw new QueryFailedError(`invalid regular expression in label_replace(): ${pattern}`, { cause: error });
  }
}

function expandTemplate(template: string, names: readonly string[], groups: readonly string[]): string {
  return template.replace(/\$(?:\$|\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) => {
    const name = braced ?? bare;
    if (name === undefined) return whole === '$$' ? '$' : whole;
    return groups[/^\d+$/.test(name) ? Number(name) : names.indexOf(name)] ?? '';
  });
}

/** `label_join(v, dst, separator, src, …)` */
export function* callLabelJoin(evaluation: Evaluation, call: Call, grid: Grid): Work<Value> {
  const [arg, ...texts] = call.args as readonly [Expr, ...Expr[]];
  const [target = '', separator = '', ...sources] = texts.map((text) => evaluation.stringOf(text));
  const bad = sources.find((source) => !isLabelName(source));
  if (bad !== undefined) throw new QueryFailedError(`invalid source label name in label_join(): ${bad}`);
  if (!isLabelName(target))
    throw new QueryFailedError(`invalid destination label name in label_join(): ${target}`);
  return yield* relabel(evaluation, columnsOf(yield* evaluation.evaluate(arg, grid)), target, (labels) =>
    sources.map((source) => labels[source] ?? '').join(separator),
  );
}

function* relabel(
  evaluation: Evaluation,
  columns: readonly Column[],
  target: string,
  newValue: (labels: Labels) => string | undefined,
): Work<Value> {
  const out: Column[] = [];
  for (const column of columns) {
    if (evaluation.isDue(200)) yield;
    const value = newValue(column.labels);
    if (value === undefined) {
      out.push(column);
      continue;
    }
    const { [target]: _, ...rest } = column.labels;
    const labels = value === '' ? rest : { ...rest, [target]: value };
    out.push({ ...column, labels, dropName: target === metricName ? false : column.dropName });
  }
  return yield* vector(evaluation, yield* mergeColumns(evaluation, out));
}

/** `sort`, `sort_desc`: by value, NaN last, histograms left out. Of no effect in range queries, whose series are in order of their labels. */
export function* callSort(evaluation: Evaluation, call: Call, grid: Grid): Work<Value> {
  const columns: Column[] = [];
  for (const column of columnsOf(yield* evaluation.evaluate(call.args[0] as Expr, grid))) {
    columns.push(floatsOf(column));
    if (evaluation.isDue(column.histograms === undefined ? 1 : grid.steps)) yield;
  }
  if (isIneffective(evaluation, call)) return yield* vector(evaluation, columns);
  const sign = call.name === 'sort' ? 1 : -1;
  const floats = columns.filter(({ present }) => present[0] === float);
  const compare = (left: Column, right: Column) =>
    compareValues(left.values[0] ?? 0, right.values[0] ?? 0, sign);
  const sorted = yield* sortInSlices(floats, compare, (weight) => evaluation.isDue(weight));
  return { kind: 'vector', columns: sorted };
}

/** Ascending for sign 1, descending for -1; NaN comes last in both. */
export function compareValues(left: number, right: number, sign: 1 | -1): number {
  if (Number.isNaN(left) || Number.isNaN(right))
    return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
  return left === right ? 0 : left < right ? -sign : sign;
}

/** `sort_by_label`, `sort_by_label_desc`: by the labels' values, numbers in them by their size. */
export function* callSortByLabel(evaluation: Evaluation, call: Call, grid: Grid): Work<Value> {
  const [arg, ...names] = call.args as readonly [Expr, ...Expr[]];
  const columns = columnsOf(yield* evaluation.evaluate(arg, grid));
  if (isIneffective(evaluation, call)) return { kind: 'vector', columns };
  const labels = names.map((name) => evaluation.stringOf(name));
  const sign = call.name === 'sort_by_label' ? 1 : -1;
  const compare = (left: Column, right: Column): number => {
    for (const label of labels) {
      const order = naturalOrder(left.labels[label] ?? '', right.labels[label] ?? '');
      if (order !== 0) return sign * order;
    }
    return sign * compareLabels(left.labels, right.labels);
  };
  const sorted = yield* sortInSlices(columns, compare, (weight) => evaluation.isDue(weight), perSeries);
  return { kind: 'vector', columns: sorted };
}

function isIneffective(evaluation: Evaluation, call: Call): boolean {
  if (evaluation.span.rangeMs === 0) return false;
  evaluation.annotations.warn(
    'sort is ineffective for range queries since results are always ordered by labels',
    call.span,
  );
  return true;
}
