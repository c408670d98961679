import { childrenOf, type Expr } from './ast.ts';
import type { Grid, Value } from './column.ts';
import { formatExpr } from './format.ts';

/**
 * Parts that a query has more than once (`sum(rate(a[5m])) / count(rate(a[5m]))`): their value is kept until the last of them
 * was asked for, so that series are read and computed once.
 */
export class RepeatedParts {
  readonly #keys: ReadonlyMap<Expr, string>;
  /** How many are still to come, by key. */
  readonly #left = new Map<string, number>();
  readonly #values = new Map<string, Value>();

  /** `keys` are {@link repeatedKeys} of the query. */
  constructor(keys: ReadonlyMap<Expr, string>) {
    this.#keys = keys;
    for (const text of keys.values()) this.#left.set(text, (this.#left.get(text) ?? 0) + 1);
  }

  /** Whether the value is asked for more than once. */
  has(expr: Expr): boolean {
    return this.#keys.has(expr);
  }

  known(expr: Expr, grid: Grid): Value | undefined {
    const key = this.#keyOf(expr, grid);
    const value = key === undefined ? undefined : this.#values.get(key);
    if (key !== undefined && value !== undefined) this.#count(expr, key);
    return value;
  }

  remember(expr: Expr, grid: Grid, value: Value): void {
    const key = this.#keyOf(expr, grid);
    if (key === undefined) return;
    this.#values.set(key, value);
    this.#count(expr, key);
  }

  /** The same part may be asked for over other steps, within a subquery. */
  #keyOf(expr: Expr, { startMs, stepMs, steps }: Grid): string | undefined {
    const text = this.#keys.get(expr);
    return text === undefined ? undefined : `${startMs}/${stepMs}/${steps} ${text}`;
  }

  #count(expr: Expr, key: string): void {
    const text = this.#keys.get(expr) ?? '';
    const left = (this.#left.get(text) ?? 1) - 1;
    this.#left.set(text, left);
    if (left <= 0) this.#values.delete(key);
  }
}

/** Beyond that, comparing the texts of all parts would cost more than it saves. */
const mostParts = 300;

function sizeOf(expr: Expr): number {
  return childrenOf(expr).reduce((size, child) => size + sizeOf(child), 1);
}

/** The parts that stand in a query more than once, each with a text that equal ones share; `isApart`: what is never shared. */
export function repeatedKeys(expr: Expr, isApart: (part: Expr) => boolean): ReadonlyMap<Expr, string> {
  const keys = new Map<Expr, string>();
  const byText = new Map<string, Expr[]>();
  if (sizeOf(expr) > mostParts) return keys;
  collect(expr, byText);
  for (const [text, parts] of byText)
    if (parts.length > 1) for (const part of parts) if (!isApart(part)) keys.set(part, text);
  return keys;
}

function collect(expr: Expr, byText: Map<string, Expr[]>): void {
  // Range vectors have no value of their own, and literals cost nothing.
  const hasValue =
    expr.kind === 'selector' || expr.kind === 'call' || expr.kind === 'aggregate' || expr.kind === 'binary';
  if (hasValue) {
    const text = formatExpr(expr);
    const parts = byText.get(text);
    if (parts === undefined) byText.set(text, [expr]);
    else parts.push(expr);
  }
  if (expr.kind === 'matrix') return;
  const args = expr.kind === 'call' && expr.name === 'info' ? expr.args.slice(0, 1) : childrenOf(expr);
  for (const child of args) collect(child, byText);
}
