import { type BinaryExpr, type BinaryOp, comparisonOps } from './ast.ts';
import type { Evaluation } from './evaluation.ts';
import { power } from './functions/math.ts';

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

/** Says that floats cannot be trimmed. */
export function remarkTrim(evaluation: Evaluation, { op, span }: BinaryExpr): void {
  if (isTrim(op))
    evaluation.annotations.info(
      `incompatible sample types encountered for binary operator "${op}": float ${op} float`,
      span,
    );
}
