import type { CelValue } from './values.ts';

/** Where a node begins in the text of its expression. */
interface At {
  readonly at: number;
}

export interface Literal extends At {
  readonly op: 'literal';
  readonly value: CelValue;
}

export interface Ident extends At {
  readonly op: 'ident';
  readonly name: string;
}

/** `a.b`; `isTest` in `has(a.b)`, `isOptional` in `a.?b`. */
export interface Select extends At {
  readonly op: 'select';
  readonly operand: Expr;
  readonly field: string;
  readonly isTest: boolean;
  readonly isOptional: boolean;
}

/** `a[i]`, `a[?i]`. */
export interface Index extends At {
  readonly op: 'index';
  readonly operand: Expr;
  readonly index: Expr;
  readonly isOptional: boolean;
}

/** A function, or an operator by the name that CEL gives it (`_+_`, `!_`, `@in`). */
export interface Call extends At {
  readonly op: 'call';
  readonly name: string;
  readonly target?: Expr;
  readonly args: readonly Expr[];
}

export interface Logic extends At {
  readonly op: '&&' | '||';
  readonly left: Expr;
  readonly right: Expr;
}

export interface Conditional extends At {
  readonly op: '?:';
  readonly test: Expr;
  readonly yes: Expr;
  readonly no: Expr;
}

export interface ListExpr extends At {
  readonly op: 'list';
  readonly items: readonly { readonly value: Expr; readonly isOptional: boolean }[];
}

export interface MapExpr extends At {
  readonly op: 'map';
  readonly entries: readonly { readonly key: Expr; readonly value: Expr; readonly isOptional: boolean }[];
}

export type FoldMacro =
  | 'all'
  | 'exists'
  | 'existsOne'
  | 'map'
  | 'filter'
  | 'transformList'
  | 'transformMap'
  | 'transformMapEntry';

/** A macro that goes through a list or a map, with one variable or with two. */
export interface Fold extends At {
  readonly op: 'fold';
  readonly macro: FoldMacro;
  readonly range: Expr;
  readonly vars: readonly [string] | readonly [string, string];
  /** Which items; all when left out. */
  readonly where?: Expr;
  readonly body: Expr;
}

/** `x.optMap(v, e)`, `x.optFlatMap(v, e)`. */
export interface OptMap extends At {
  readonly op: 'optMap';
  readonly operand: Expr;
  readonly variable: string;
  readonly body: Expr;
  readonly isFlat: boolean;
}

export type Expr =
  | Literal
  | Ident
  | Select
  | Index
  | Call
  | Logic
  | Conditional
  | ListExpr
  | MapExpr
  | Fold
  | OptMap;

/** Direct parts of a node. */
export function childrenOf(node: Expr): readonly Expr[] {
  switch (node.op) {
    case 'literal':
    case 'ident':
      return [];
    case 'select':
      return [node.operand];
    case 'index':
      return [node.operand, node.index];
    case 'call':
      return node.target === undefined ? node.args : [node.target, ...node.args];
    case '&&':
    case '||':
      return [node.left, node.right];
    case '?:':
      return [node.test, node.yes, node.no];
    case 'list':
      return node.items.map(({ value }) => value);
    case 'map':
      return node.entries.flatMap(({ key, value }) => [key, value]);
    case 'fold':
      return [node.range, ...(node.where === undefined ? [] : [node.where]), node.body];
    case 'optMap':
      return [node.operand, node.body];
  }
}
