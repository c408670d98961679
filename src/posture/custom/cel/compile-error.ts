import { BadInputError } from '../../../kit/app-error.ts';

/** One thing that is wrong with an expression. */
export interface Issue {
  readonly message: string;
  /** Offset into the expression. */
  readonly at: number;
}

/** An expression that does not compile: Kubernetes would not take the policy. */
export class CelCompileError extends BadInputError {
  readonly expression: string;
  readonly issues: readonly Issue[];

  constructor(expression: string, issues: readonly Issue[]) {
    super('', issues.map((issue) => describe(expression, issue)).join('\n'));
    this.expression = expression;
    this.issues = issues;
  }
}

/** Line and column of an offset, both from 1. */
export function placeIn(expression: string, at: number): { readonly line: number; readonly column: number } {
  const before = expression.slice(0, at);
  const line = before.split('\n').length;
  return { line, column: Array.from(before.slice(before.lastIndexOf('\n') + 1)).length + 1 };
}

/** The message, the line that it is about, and a caret under the place. */
function describe(expression: string, { message, at }: Issue): string {
  const { line, column } = placeIn(expression, at);
  const text = expression.split('\n')[line - 1] ?? '';
  const blank = text.slice(0, column - 1).replace(/[^\t]/g, ' ');
  return `${line}:${column}: ${message}\n | ${text}\n | ${blank}^`;
}
