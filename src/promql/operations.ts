import type { FloatHistogram } from '../model/float-histogram.ts';
import { type BinaryExpr, type BinaryOp, comparisonOps } from './ast.ts';
import type { Evaluation } from './evaluation.ts';
import { power } from './functions/math.ts';
import { addHistograms, subtractHistograms } from './histogram/combine.ts';
import {
  compactHistogram,
  divideHistogram,
  equalHistograms,
  multiplyHistogram,
  withReset,
} from './histogram/scale.ts';
import { trimHistogram } from './histogram/trim.ts';
import { remarkHistogram } from './remarks.ts';

export type Operation = (left: number, right: number) => number;

/** Arithmetic gives its result; comparisons give 1 or 0. */
const operations: Readonly<Record<Exclude<BinaryOp, 'and' | 'or' | 'unless'>, Operation>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
  '^': power,
  atan2: Math.atan2,
  '==': (left, right) => Number(left === right),
  '!=': (left, right) => Number(left !== right),
  '>': (left, right) => Number(left > right),
  '<': (left, right) => Number(left < right),
  '>=': (left, right) => Number(left >= right),
  '<=': (left, right) => Number(left <= right),
  // Floats cannot be trimmed; nothing remains.
  '</': () => 0,
  '>/': () => 0,
};

export function operationOf(op: BinaryOp): Operation {
  return op === 'and' || op === 'or' || op === 'unless' ? () => 0 : operations[op];
}

/** Whether an operator keeps or drops samples, rather than computes new ones. */
export function isFilter({ op, returnBool }: BinaryExpr): boolean {
  return (comparisonOps.has(op) && !returnBool) || isTrim(op);
}

export function isTrim(op: BinaryOp): boolean {
  return op === '</' || op === '>/';
}

/** One operand: a float, or a histogram. */
export type Operand = number | FloatHistogram;

/**
 * An operator of which at least one operand is a histogram. Comparisons give the left operand where they hold. Undefined where
 * nothing remains; what cannot be computed is said.
 */
export function operateHistograms(
  evaluation: Evaluation,
  { op, span }: BinaryExpr,
  left: Operand,
  right: Operand,
): FloatHistogram | undefined {
  if (typeof left !== 'number' && typeof right !== 'number') {
    if (op === '+' || op === '-') return combine(evaluation, op, left, right, span);
    if (op === '==') return equalHistograms(left, right) ? left : undefined;
    if (op === '!=') return equalHistograms(left, right) ? undefined : left;
  } else if (typeof left !== 'number' && typeof right === 'number') {
    if (op === '*') return compactHistogram(multiplyHistogram(left, right));
    if (op === '/') return compactHistogram(divideHistogram(left, right));
    if (isTrim(op)) return trimHistogram(left, right, op === '</');
  } else if (op === '*' && typeof left === 'number' && typeof right !== 'number')
    return compactHistogram(multiplyHistogram(right, left));
  remarkTypes(evaluation, { op, span }, left, right);
  return undefined;
}

/** Says that an operator does not know what to do with such samples. */
export function remarkTypes(
  { annotations }: Evaluation,
  { op, span }: Pick<BinaryExpr, 'op' | 'span'>,
  left: Operand,
  right: Operand,
): void {
  const kind = (operand: Operand): string => (typeof operand === 'number' ? 'float' : 'histogram');
  annotations.info(
    `incompatible sample types encountered for binary operator "${op}": ${kind(left)} ${op} ${kind(right)}`,
    span,
  );
}

function combine(
  evaluation: Evaluation,
  op: '+' | '-',
  left: FloatHistogram,
  right: FloatHistogram,
  span: BinaryExpr['span'],
): FloatHistogram | undefined {
  const combined = (op === '+' ? addHistograms : subtractHistograms)(left, right);
  if (combined === undefined) {
    evaluation.annotations.warn(`incompatible bucket layout encountered for binary operator ${op}`, span);
    return undefined;
  }
  const operation = op === '+' ? 'addition' : 'subtraction';
  if (combined.conflict) remarkHistogram(evaluation, `conflict-${operation}`, '', span);
  if (combined.reconciled) remarkHistogram(evaluation, `reconciled-${operation}`, '', span);
  return op === '+' ? combined.histogram : withReset(combined.histogram, 'gauge');
}
