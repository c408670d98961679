import type { FloatHistogram } from '../model/float-histogram.ts';
import { metricName } from '../model/labels.ts';
import { remarkIgnored } from './aggregate-histograms.ts';
import { type AggregateExpr, unwrapParens } from './ast.ts';
import { compareValues, isLabelName } from './call-labels.ts';
import {
  absent,
  type Column,
  copyStep,
  dropLabels,
  float,
  type Grid,
  histogramAt,
  keepLabels,
  type NewColumn,
  newColumn,
  type Value,
} from './column.ts';
import { QueryFailedError } from './errors.ts';
import { columnsOf, type Evaluation, perSeries, vector, type Work } from './evaluation.ts';
import { formatNumber, formatSampleValue } from './format-number.ts';
import { type Group, groupColumns, keyBy, keyWithout } from './group-columns.ts';
import { formatHistogram } from './histogram/text.ts';
import { hashLabels } from './label-hash.ts';
import { quote } from './unquote.ts';

/** What the hash of a series weighs, in samples. */
const hashWeight = 400;
/** Whole numbers of 64 bits end here. */
const largestInteger = 2 ** 63;

/**
 * `topk`, `bottomk`: the k series with the largest or smallest values, each step for itself, NaN last. Of equal values the
 * first to come stay. In an instant query the result is in order of its values, group by group.
 */
export function* aggregateRanked(
  evaluation: Evaluation,
  expr: AggregateExpr,
  params: Float64Array,
  columns: readonly Column[],
  grid: Grid,
): Work<Value> {
  checkCounts(params);
  if (columns.some(({ histograms }) => histograms !== undefined)) remarkIgnored(evaluation, expr);
  const sign = expr.op === 'topk' ? -1 : 1;
  const out: Column[] = [];
  for (const group of yield* groupColumns(evaluation, columns, expr)) {
    const kept: (NewColumn | undefined)[] = new Array(group.members.length);
    let ranking: number[] = [];
    for (let step = 0; step < grid.steps; step++) {
      if (evaluation.isDue(group.members.length)) yield;
      ranking = rank(group, step, sign, Math.trunc(params[step] ?? 0));
      for (const index of ranking) {
        const member = group.members[index] as Column;
        kept[index] ??= emptyLike(member, grid);
        keep(member, kept[index], step);
      }
    }
    for (const column of grid.steps === 1 ? ranking.map((index) => kept[index]) : kept)
      if (column !== undefined) out.push(column);
  }
  return yield* vector(evaluation, out);
}

/** Places of the best k members at a step, best first: a list kept in order, into which the better ones are put. */
function rank({ members }: Group, step: number, sign: 1 | -1, k: number): number[] {
  const best: number[] = [];
  const values: number[] = [];
  if (k < 1) return best;
  for (let i = 0; i < members.length; i++) {
    const member = members[i] as Column;
    if (member.present[step] !== float) continue;
    const value = member.values[step] as number;
    let low = 0;
    let high = best.length;
    if (high === k && compareValues(value, values[k - 1] as number, sign) >= 0) continue;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareValues(values[middle] as number, value, sign) <= 0) low = middle + 1;
      else high = middle;
    }
    best.splice(low, 0, i);
    values.splice(low, 0, value);
    if (best.length > k) {
      best.pop();
      values.pop();
    }
  }
  return best;
}

/** `limitk`: any k series of a group. `limit_ratio`: a share of them; a negative share is what the positive one leaves out. */
export function* aggregateLimit(
  evaluation: Evaluation,
  expr: AggregateExpr,
  params: Float64Array,
  columns: readonly Column[],
  grid: Grid,
): Work<Value> {
  const isRatio = expr.op === 'limit_ratio';
  if (isRatio) checkRatios(evaluation, expr, params);
  else checkCounts(params);
  const out: Column[] = [];
  for (const { members } of yield* groupColumns(evaluation, columns, expr)) {
    const taken = new Float64Array(grid.steps);
    for (const member of members) {
      if (evaluation.isDue(grid.steps + (isRatio ? hashWeight : perSeries))) yield;
      const kept = emptyLike(member, grid);
      const offset = isRatio ? offsetOf(member) : 0;
      for (let step = 0; step < grid.steps; step++) {
        if (member.present[step] === absent) continue;
        const param = params[step] as number;
        const isIn = isRatio
          ? (param >= 0 && offset < param) || (param < 0 && offset >= 1 + param)
          : (taken[step] as number) < Math.trunc(param);
        if (!isIn) continue;
        taken[step] = (taken[step] as number) + 1;
        keep(member, kept, step);
      }
      out.push(kept);
    }
  }
  return yield* vector(evaluation, out);
}

/** A number from 0 to 1 that is a series' own, evenly spread. */
function offsetOf({ labels }: Column): number {
  return Number(hashLabels(labels)) / 2 ** 64;
}

function checkCounts(params: Float64Array): void {
  for (const param of params) {
    if (Number.isNaN(param)) throw new QueryFailedError('Parameter value is NaN');
    if (param >= largestInteger)
      throw new QueryFailedError(`Scalar value ${formatNumber(param)} overflows int64`);
    if (param <= -largestInteger)
      throw new QueryFailedError(`Scalar value ${formatNumber(param)} underflows int64`);
  }
}

function checkRatios(evaluation: Evaluation, { param }: AggregateExpr, params: Float64Array): void {
  for (const ratio of params) {
    if (Number.isNaN(ratio)) throw new QueryFailedError('Ratio value is NaN');
    if (Math.abs(ratio) <= 1 || param === undefined) continue;
    const cap = ratio > 0 ? '1' : '-1';
    evaluation.annotations.warn(
      `ratio value should be between -1 and 1, got ${formatNumber(ratio)}, capping to ${cap}`,
      unwrapParens(param).span,
    );
  }
}

function emptyLike({ labels, dropName }: Column, grid: Grid): NewColumn {
  return newColumn(labels, dropName, grid.steps);
}

function keep(from: Column | undefined, to: NewColumn | undefined, step: number): void {
  if (from !== undefined && to !== undefined) copyStep(from, to, step);
}

/** `count_values("label", v)`: how many series have each value, which becomes the label. */
export function* aggregateCountValues(evaluation: Evaluation, expr: AggregateExpr, grid: Grid): Work<Value> {
  const label = expr.param === undefined ? '' : evaluation.stringOf(expr.param);
  if (!isLabelName(label)) throw new QueryFailedError(`invalid label name ${showBytes(label)}`);
  const grouping = expr.without || expr.grouping.includes(label) ? expr.grouping : [...expr.grouping, label];
  const excluded = new Set([...grouping, metricName]);
  const out = new Map<string, Column>();
  for (const column of columnsOf(yield* evaluation.evaluate(expr.expr, grid))) {
    const { labels, values, present, dropName } = column;
    // A label set may be made for each step.
    if (evaluation.isDue(grid.steps * 40)) yield;
    let lastValue: number | FloatHistogram = Number.NaN;
    let target: Column | undefined;
    for (let step = 0; step < grid.steps; step++) {
      if (present[step] === absent) continue;
      const value = histogramAt(column, step) ?? (values[step] as number);
      if (target === undefined || !Object.is(value, lastValue)) {
        const text = typeof value === 'number' ? formatSampleValue(value) : formatHistogram(value);
        const labelled = { ...labels, [label]: text };
        const key = expr.without ? keyWithout(labelled, excluded) : keyBy(labelled, grouping);
        target = out.get(key);
        if (target === undefined) {
          const kept = expr.without ? dropLabels(labelled, excluded) : keepLabels(labelled, grouping);
          target = newColumn(kept, dropName, grid.steps);
          out.set(key, target);
        }
        lastValue = value;
      }
      target.present[step] = float;
      target.values[step] = (target.values[step] as number) + 1;
    }
  }
  return yield* vector(evaluation, [...out.values()]);
}

/** A text in quotes, bytes that are not UTF-8 as `\xc5`. */
function showBytes(text: string): string {
  return quote(text).replace(
    /[\udc80-\udcff]/g,
    (char) => `\\x${(char.charCodeAt(0) - 0xdc00).toString(16)}`,
  );
}
