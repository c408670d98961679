import { type Labels, labelsKey, metricName } from '../model/labels.ts';
import { type BinaryExpr, comparisonOps } from './ast.ts';
import {
  absent,
  type Column,
  compareLabels,
  dropLabels,
  float,
  type Grid,
  histogramAt,
  keepLabels,
  type NewColumn,
  newColumn,
  setHistogram,
  showLabels,
  type Value,
  withoutName,
} from './column.ts';
import { QueryFailedError } from './errors.ts';
import { type Evaluation, perSeries, vector, type Work } from './evaluation.ts';
import { mergeColumns } from './merge-columns.ts';
import {
  isFilter,
  isTrim,
  type Operand,
  type Operation,
  operateHistograms,
  operationOf,
  remarkTypes,
} from './operations.ts';
import { signatureOf } from './set-operators.ts';

interface Pairing {
  readonly many: Column[];
  readonly one: Column[];
}

/**
 * An operator between two vectors. Series are paired by their labels once; each pair that can occur has its output series
 * made beforehand, so that the loop over steps only computes.
 *
 * @throws {QueryFailedError} when more than one series of the one side, or of both, match at a step.
 */
export function* joinVectors(
  evaluation: Evaluation,
  expr: BinaryExpr,
  lefts: readonly Column[],
  rights: readonly Column[],
  grid: Grid,
): Work<Value> {
  const { card, fillLeft, fillRight } = expr.matching;
  if (fillLeft === undefined && fillRight === undefined && (lefts.length === 0 || rights.length === 0))
    return { kind: 'vector', columns: [] };
  const swapped = card === 'one-to-many';
  // Prometheus fills the grouped side with the left value, whichever side is grouped.
  const join = new Join(evaluation, expr, grid, fillLeft, fillRight);
  const pairings = yield* pair(evaluation, expr, swapped ? rights : lefts, swapped ? lefts : rights);
  for (const pairing of pairings) {
    yield* join.add(pairing);
  }
  return yield* join.result();
}

function* pair(
  evaluation: Evaluation,
  expr: BinaryExpr,
  many: readonly Column[],
  one: readonly Column[],
): Work<Iterable<Pairing>> {
  const signature = signatureOf(expr.matching);
  const pairings = new Map<string, Pairing>();
  const pairingOf = (column: Column): Pairing => {
    const key = signature(column.labels);
    let pairing = pairings.get(key);
    if (pairing === undefined) {
      pairing = { many: [], one: [] };
      pairings.set(key, pairing);
    }
    return pairing;
  };
  for (const column of many) {
    pairingOf(column).many.push(column);
    if (evaluation.isDue(perSeries)) yield;
  }
  for (const column of one) {
    pairingOf(column).one.push(column);
    if (evaluation.isDue(perSeries)) yield;
  }
  return pairings.values();
}

/** Gathers the output of one join. `many` is the grouped side, or the left one where neither is. */
class Join {
  readonly #evaluation: Evaluation;
  readonly #expr: BinaryExpr;
  readonly #steps: number;
  readonly #fillMany: number | undefined;
  readonly #fillOne: number | undefined;
  readonly #operation: Operation;
  readonly #swapped: boolean;
  readonly #filters: boolean;
  readonly #trims: boolean;
  readonly #excluded: ReadonlySet<string>;
  readonly #include: readonly string[];
  readonly #out = new Map<string, NewColumn>();

  constructor(
    evaluation: Evaluation,
    expr: BinaryExpr,
    grid: Grid,
    fillMany: number | undefined,
    fillOne: number | undefined,
  ) {
    this.#evaluation = evaluation;
    this.#expr = expr;
    this.#steps = grid.steps;
    this.#fillMany = fillMany;
    this.#fillOne = fillOne;
    this.#operation = operationOf(expr.op);
    this.#swapped = expr.matching.card === 'one-to-many';
    this.#filters = isFilter(expr);
    this.#trims = isTrim(expr.op);
    this.#excluded = new Set(expr.matching.labels);
    this.#include = expr.matching.include;
  }

  *result(): Work<Value> {
    const evaluation = this.#evaluation;
    const columns = [...this.#out.values()];
    // Series of equal labels are there only where some are still to lose their names.
    const merged = evaluation.options.delayedNameRemoval ? yield* mergeColumns(evaluation, columns) : columns;
    return yield* vector(evaluation, merged);
  }

  *add({ many, one }: Pairing): Work<void> {
    const chosen = yield* this.#chooseOne(one);
    const matched = new Uint8Array(this.#steps);
    // Steps at which an output series was written from this group: a second writer is a fault.
    const seen = new Map<Column, Uint8Array>();
    for (const column of many) {
      for (const [index, other] of one.entries()) {
        this.#combine(column, other, { chosen, index, matched, seen });
        if (this.#isDue()) yield;
      }
      if (this.#fillOne !== undefined)
        this.#fillOneSide(column, this.#fillOne, { chosen, index: -1, matched, seen });
    }
    const fillMany = this.#fillMany;
    if (fillMany === undefined) return;
    for (const [index, other] of one.entries()) {
      this.#fillManySide(other, { chosen, index, matched, seen }, fillMany);
      if (this.#isDue()) yield;
    }
  }

  #isDue(): boolean {
    return this.#evaluation.isDue(this.#steps + perSeries);
  }

  /** Which series of the one side stands at each step, -1 for none. */
  *#chooseOne(one: readonly Column[]): Work<Int32Array> {
    const chosen = new Int32Array(this.#steps).fill(-1);
    for (const [index, column] of one.entries()) {
      const { present } = column;
      for (let step = 0; step < this.#steps; step++) {
        if (present[step] === absent) continue;
        const other = one[chosen[step] ?? -1];
        if (other !== undefined) throw this.#duplicate(column, other);
        chosen[step] = index;
      }
      if (this.#isDue()) yield;
    }
    return chosen;
  }

  #duplicate(column: Column, other: Column): QueryFailedError {
    const both = [column.labels, other.labels].sort(compareLabels).map(showLabels).join(', ');
    const side = this.#expr.matching.card === 'one-to-many' ? 'left' : 'right';
    return new QueryFailedError(
      `found duplicate series for the match group ${showLabels(this.#groupLabels(column.labels))} on the ${side} hand-side of the operation: [${both}];many-to-many matching not allowed: matching labels must be unique on one side`,
    );
  }

  /** The labels that the pair was found by. */
  #groupLabels(labels: Labels): Labels {
    const { on, labels: names } = this.#expr.matching;
    return on ? keepLabels(labels, names) : dropLabels(labels, new Set([...names, metricName]));
  }

  #combine(column: Column, other: Column, at: PairState): void {
    const { chosen, index, matched } = at;
    let out: NewColumn | undefined;
    let seen = matched;
    const mixed = column.histograms !== undefined || other.histograms !== undefined;
    for (let step = 0; step < this.#steps; step++) {
      if (column.present[step] === absent || chosen[step] !== index) continue;
      if (out === undefined) {
        out = this.#output(column, other.labels);
        seen = this.#seenOf(out, at);
      }
      if (mixed) this.#writeAny(out, seen, step, operandAt(column, step), operandAt(other, step));
      else this.#write(out, seen, step, column.values[step] as number, other.values[step] as number);
      matched[step] = 1;
    }
  }

  /** The many side stands alone: the one side is filled in. */
  #fillOneSide(column: Column, value: number, at: PairState): void {
    let out: NewColumn | undefined;
    for (let step = 0; step < this.#steps; step++) {
      if (column.present[step] === absent || at.chosen[step] !== -1) continue;
      out ??= this.#output(column, this.#groupLabels(column.labels));
      this.#writeAny(out, this.#seenOf(out, at), step, operandAt(column, step), value);
      at.matched[step] = 1;
    }
  }

  /** The one side stands alone: the many side is filled in. */
  #fillManySide(other: Column, at: PairState, value: number): void {
    const stand: Column = { ...other, labels: this.#groupLabels(other.labels), dropName: false };
    const seen = new Uint8Array(this.#steps);
    let out: NewColumn | undefined;
    for (let step = 0; step < this.#steps; step++) {
      if (at.chosen[step] !== at.index || at.matched[step] !== 0) continue;
      out ??= this.#output(stand, other.labels);
      this.#writeAny(out, seen, step, value, operandAt(other, step));
    }
  }

  /** Where writers to an output series are noted: in one-to-one joins all of a group together. */
  #seenOf(out: Column, { matched, seen }: PairState): Uint8Array {
    if (this.#expr.matching.card === 'one-to-one') return matched;
    let steps = seen.get(out);
    if (steps === undefined) {
      steps = new Uint8Array(this.#steps);
      seen.set(out, steps);
    }
    return steps;
  }

  #writeAny(out: NewColumn, seen: Uint8Array, step: number, many: Operand, one: Operand): void {
    if (typeof many === 'number' && typeof one === 'number') {
      this.#write(out, seen, step, many, one);
      return;
    }
    this.#markSeen(seen, step);
    const left = this.#swapped ? one : many;
    const right = this.#swapped ? many : one;
    const result = operateHistograms(this.#evaluation, this.#expr, left, right);
    if (this.#expr.returnBool) {
      // Only equality says anything of histograms; of other comparisons a remark was made, and nothing is told.
      if (typeof left === 'number' || typeof right === 'number') return;
      if (this.#expr.op !== '==' && this.#expr.op !== '!=') return;
      this.#checkFree(out, step);
      out.present[step] = float;
      out.values[step] = result === undefined ? 0 : 1;
    } else if (result !== undefined) {
      this.#checkFree(out, step);
      setHistogram(out, step, result);
    }
  }

  /** @throws {QueryFailedError} when the group has an answer for the step already. */
  #markSeen(seen: Uint8Array, step: number): void {
    if (seen[step] === 1) {
      const remedy =
        this.#expr.matching.card === 'one-to-one'
          ? 'many-to-one matching must be explicit (group_left/group_right)'
          : 'grouping labels must ensure unique matches';
      throw new QueryFailedError(`multiple matches for labels: ${remedy}`);
    }
    seen[step] = 1;
  }

  #checkFree(out: Column, step: number): void {
    if (out.present[step] !== absent)
      throw new QueryFailedError('vector cannot contain metrics with the same labelset');
  }

  #write(out: Column, seen: Uint8Array, step: number, many: number, one: number): void {
    this.#markSeen(seen, step);
    if (this.#trims) {
      remarkTypes(this.#evaluation, this.#expr, many, one);
      return;
    }
    const left = this.#swapped ? one : many;
    const right = this.#swapped ? many : one;
    let value = this.#operation(left, right);
    if (this.#filters) {
      if (value !== 1) return;
      value = left;
    }
    this.#checkFree(out, step);
    out.present[step] = float;
    out.values[step] = value;
  }

  /** The output series of a pair: the many side's labels, less what the operator takes away, and what it includes. */
  #output(column: Column, oneLabels: Labels): NewColumn {
    const { card, on, labels: names } = this.#expr.matching;
    const { returnBool, op } = this.#expr;
    const delayed = this.#evaluation.options.delayedNameRemoval;
    let labels = column.labels;
    const computes = !comparisonOps.has(op) && !isTrim(op);
    if (computes || (returnBool && !delayed)) labels = withoutName(labels);
    if (card === 'one-to-one') labels = on ? keepLabels(labels, names) : dropLabels(labels, this.#excluded);
    if (this.#include.length > 0) {
      const taken: Record<string, string> = { ...labels };
      for (const name of this.#include) {
        const value = oneLabels[name] ?? '';
        if (value === '') delete taken[name];
        else taken[name] = value;
      }
      labels = taken;
    }
    const dropName = delayed && (returnBool || (!computes && column.dropName));
    const key = `${dropName ? '1' : '0'}${labelsKey(labels)}`;
    let out = this.#out.get(key);
    if (out === undefined) {
      out = newColumn(labels, dropName, this.#steps);
      this.#out.set(key, out);
    }
    return out;
  }
}

function operandAt(column: Column, step: number): Operand {
  return histogramAt(column, step) ?? (column.values[step] as number);
}

/** What is known while a group is joined. */
interface PairState {
  /** Which series of the one side stands at each step. */
  readonly chosen: Int32Array;
  /** Which of them is being joined. */
  readonly index: number;
  /** Steps at which the many side was there. */
  readonly matched: Uint8Array;
  readonly seen: Map<Column, Uint8Array>;
}
