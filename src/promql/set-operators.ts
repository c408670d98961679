import type { Labels } from '../model/labels.ts';
import { metricName } from '../model/labels.ts';
import type { BinaryExpr, VectorMatching } from './ast.ts';
import { absent, type Column, float, type Grid, isEmpty, type Value } from './column.ts';
import { type Evaluation, perSeries, vector, type Work } from './evaluation.ts';
import { keyBy, keyWithout } from './group-columns.ts';
import { mergeColumns } from './merge-columns.ts';

/** The text by which series of two vectors find each other. */
export function signatureOf({ on, labels }: VectorMatching): (labels: Labels) => string {
  if (on) return (series) => keyBy(series, labels);
  const excluded = new Set([...labels, metricName]);
  return (series) => keyWithout(series, excluded);
}

/** `and`, `or`, `unless`: series of the left side that have, or have no match on the right, step by step. */
export function* evaluateSet(
  evaluation: Evaluation,
  expr: BinaryExpr,
  lefts: readonly Column[],
  rights: readonly Column[],
  grid: Grid,
): Work<Value> {
  const signature = signatureOf(expr.matching);
  // `or` takes from the right what the left has no match for; the others keep or drop what is on the left.
  const [masks, kept] = expr.op === 'or' ? [lefts, rights] : [rights, lefts];
  const presence = yield* presenceBySignature(evaluation, masks, signature, grid);
  const out: Column[] = [];
  for (const column of kept) {
    const left = masked(column, presence.get(signature(column.labels)), expr.op === 'and');
    if (!isEmpty(left)) out.push(left);
    if (evaluation.isDue(grid.steps + perSeries)) yield;
  }
  if (expr.op !== 'or') return { kind: 'vector', columns: out };
  const { columns } = yield* vector(evaluation, [...lefts, ...out]);
  return { kind: 'vector', columns: yield* mergeColumns(evaluation, columns) };
}

function* presenceBySignature(
  evaluation: Evaluation,
  columns: readonly Column[],
  signature: (labels: Labels) => string,
  grid: Grid,
): Work<Map<string, Uint8Array>> {
  const presence = new Map<string, Uint8Array>();
  for (const { labels, present } of columns) {
    const key = signature(labels);
    let any = presence.get(key);
    if (any === undefined) {
      any = new Uint8Array(grid.steps);
      presence.set(key, any);
    }
    for (let step = 0; step < grid.steps; step++) if (present[step] !== absent) any[step] = float;
    if (evaluation.isDue(grid.steps + perSeries)) yield;
  }
  return presence;
}

/** The column where the mask is set (`wanted`), or where it is not. */
function masked(column: Column, mask: Uint8Array | undefined, wanted: boolean): Column {
  const present = new Uint8Array(column.present.length);
  for (let step = 0; step < present.length; step++) {
    const isSet = mask?.[step] === float;
    if (isSet === wanted) present[step] = column.present[step] ?? 0;
  }
  return { ...column, present };
}
