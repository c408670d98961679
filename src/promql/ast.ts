import type { Matcher } from '../model/matcher.ts';

export type ValueType = 'scalar' | 'vector' | 'matrix' | 'string';

/** Where a node stands in the query text: indexes, the end not included. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type Expr =
  | NumberLiteral
  | StringLiteral
  | ParenExpr
  | UnaryExpr
  | BinaryExpr
  | AggregateExpr
  | Call
  | VectorSelector
  | MatrixSelector
  | SubqueryExpr;

export interface NumberLiteral {
  readonly kind: 'number';
  readonly span: Span;
  /** Seconds, where it was written as a duration. */
  readonly value: number;
  /** Whether it was written as a duration (`5m`), and so is printed as one. */
  readonly isDuration: boolean;
}

export interface StringLiteral {
  readonly kind: 'string';
  readonly span: Span;
  readonly value: string;
}

export interface ParenExpr {
  readonly kind: 'paren';
  readonly span: Span;
  readonly expr: Expr;
}

export interface UnaryExpr {
  readonly kind: 'unary';
  readonly span: Span;
  readonly op: '+' | '-';
  readonly expr: Expr;
}

export type ArithmeticOp = '+' | '-' | '*' | '/' | '%' | '^' | 'atan2';
export type ComparisonOp = '==' | '!=' | '>' | '<' | '>=' | '<=';
export type SetOp = 'and' | 'or' | 'unless';
/** `</` and `>/` cut native histograms at a bound. */
export type TrimOp = '</' | '>/';
export type BinaryOp = ArithmeticOp | ComparisonOp | SetOp | TrimOp;

export interface BinaryExpr {
  readonly kind: 'binary';
  readonly span: Span;
  readonly op: BinaryOp;
  readonly left: Expr;
  readonly right: Expr;
  readonly returnBool: boolean;
  readonly matching: VectorMatching;
}

/** How the series of two vectors find each other. */
export interface VectorMatching {
  /** `many-to-one` is `group_left`, `one-to-many` is `group_right`. */
  readonly card: 'one-to-one' | 'many-to-one' | 'one-to-many';
  /** Whether `on`, `ignoring` was written at all. */
  readonly written: boolean;
  /** True: match on `labels` only; false: on all but `labels`. */
  readonly on: boolean;
  readonly labels: readonly string[];
  /** Labels that the grouped side takes from the other. */
  readonly include: readonly string[];
  /** Values for a missing left or right series. */
  readonly fillLeft: number | undefined;
  readonly fillRight: number | undefined;
}

export type AggregateOp =
  | 'sum'
  | 'avg'
  | 'count'
  | 'min'
  | 'max'
  | 'group'
  | 'stddev'
  | 'stdvar'
  | 'topk'
  | 'bottomk'
  | 'count_values'
  | 'quantile'
  | 'limitk'
  | 'limit_ratio';

export interface AggregateExpr {
  readonly kind: 'aggregate';
  readonly span: Span;
  readonly op: AggregateOp;
  readonly expr: Expr;
  readonly param: Expr | undefined;
  readonly grouping: readonly string[];
  readonly without: boolean;
}

export interface Call {
  readonly kind: 'call';
  readonly span: Span;
  readonly name: string;
  readonly args: readonly Expr[];
}

/** The time of `@`: Unix milliseconds, or an end of the query's range. */
export type AtModifier = number | 'start' | 'end';

export interface VectorSelector {
  readonly kind: 'selector';
  readonly span: Span;
  /** The name written before the braces or quoted in them; '' when there is none. `matchers` holds it too. */
  readonly name: string;
  readonly matchers: readonly Matcher[];
  readonly offset: DurationExpr | undefined;
  readonly at: AtModifier | undefined;
  readonly extension: 'anchored' | 'smoothed' | undefined;
}

export interface MatrixSelector {
  readonly kind: 'matrix';
  readonly span: Span;
  readonly selector: VectorSelector;
  readonly range: DurationExpr;
}

export interface SubqueryExpr {
  readonly kind: 'subquery';
  readonly span: Span;
  readonly expr: Expr;
  readonly range: DurationExpr;
  /** The engine's default where it is undefined. */
  readonly step: DurationExpr | undefined;
  readonly offset: DurationExpr | undefined;
  readonly at: AtModifier | undefined;
}

/** A length of time, computed when the query's step and range are known. */
export type DurationExpr =
  | NumberLiteral
  | { readonly kind: 'duration-paren'; readonly span: Span; readonly expr: DurationExpr }
  | {
      readonly kind: 'duration-unary';
      readonly span: Span;
      readonly op: '+' | '-';
      readonly expr: DurationExpr;
    }
  | {
      readonly kind: 'duration-binary';
      readonly span: Span;
      readonly op: '+' | '-' | '*' | '/' | '%' | '^';
      readonly left: DurationExpr;
      readonly right: DurationExpr;
    }
  | {
      readonly kind: 'duration-call';
      readonly span: Span;
      readonly name: 'step' | 'range' | 'min_of' | 'max_of';
      readonly args: readonly DurationExpr[];
    };

/** The direct sub-expressions, in order of the text. */
export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'number':
    case 'string':
    case 'selector':
      return [];
    case 'paren':
    case 'unary':
    case 'subquery':
      return [expr.expr];
    case 'binary':
      return [expr.left, expr.right];
    case 'aggregate':
      return expr.param === undefined ? [expr.expr] : [expr.param, expr.expr];
    case 'call':
      return expr.args;
    case 'matrix':
      return [expr.selector];
  }
}

/** The expression without the parentheses around it. */
export function unwrapParens(expr: Expr): Expr {
  let inner = expr;
  while (inner.kind === 'paren') inner = inner.expr;
  return inner;
}

export const comparisonOps: ReadonlySet<string> = new Set(['==', '!=', '>', '<', '>=', '<=']);
export const setOps: ReadonlySet<string> = new Set(['and', 'or', 'unless']);
