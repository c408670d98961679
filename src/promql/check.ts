import { compileMatcher } from '../kit/compile-matcher.ts';
import {
  type AggregateExpr,
  type BinaryExpr,
  type Call,
  childrenOf,
  comparisonOps,
  type Expr,
  setOps,
  unwrapParens,
  type ValueType,
} from './ast.ts';
import { PromqlError } from './errors.ts';
import { signatures } from './signatures.ts';
import { quote } from './unquote.ts';

const documented: Readonly<Record<ValueType, string>> = {
  scalar: 'scalar',
  vector: 'instant vector',
  matrix: 'range vector',
  string: 'string',
};

/** What an expression gives. The expression has been checked, or is about to be. */
export function typeOf(expr: Expr): ValueType {
  switch (expr.kind) {
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'paren':
    case 'unary':
      return typeOf(expr.expr);
    case 'binary':
      return typeOf(expr.left) === 'scalar' && typeOf(expr.right) === 'scalar' ? 'scalar' : 'vector';
    case 'aggregate':
    case 'selector':
      return 'vector';
    case 'call':
      return signatures.get(expr.name)?.returns ?? 'vector';
    case 'matrix':
    case 'subquery':
      return 'matrix';
  }
}

/**
 * Checks that every operator and function gets what it takes.
 *
 * @throws {PromqlError} at the first that does not.
 */
export function check(text: string, expr: Expr): void {
  for (const child of childrenOf(expr)) if (!isInfoSelector(expr, child)) check(text, child);
  switch (expr.kind) {
    case 'number':
    case 'string':
    case 'paren':
    case 'matrix':
      return;
    case 'selector':
      if (!expr.matchers.every((matcher) => compileMatcher(matcher)(''))) return;
      throw new PromqlError(
        text,
        expr.span.start,
        'vector selector must contain at least one non-empty matcher',
      );
    case 'unary': {
      const type = typeOf(expr.expr);
      if (type === 'scalar' || type === 'vector') return;
      throw new PromqlError(
        text,
        expr.span.start,
        `unary expression only allowed on expressions of type scalar or instant vector, got ${quote(documented[type])}`,
      );
    }
    case 'binary':
      checkBinary(text, expr);
      return;
    case 'aggregate':
      checkAggregate(text, expr);
      return;
    case 'call':
      checkCall(text, expr);
      return;
    case 'subquery': {
      const type = typeOf(expr.expr);
      if (type === 'vector') return;
      const problem = `subquery is only allowed on instant vector, got ${type} instead`;
      throw new PromqlError(text, expr.span.start, problem);
    }
  }
}

/** The second argument of `info` narrows another selection, so it may match everything. */
function isInfoSelector(expr: Expr, child: Expr): boolean {
  return expr.kind === 'call' && expr.name === 'info' && expr.args[1] === child && child.kind === 'selector';
}

function checkBinary(text: string, expr: BinaryExpr): void {
  const { op, matching, span } = expr;
  const left = typeOf(expr.left);
  const right = typeOf(expr.right);
  const fail = (problem: string, at = span.start): never => {
    throw new PromqlError(text, at, problem);
  };
  if (expr.returnBool && !comparisonOps.has(op))
    fail('bool modifier can only be used on comparison operators');
  if (comparisonOps.has(op) && !expr.returnBool && left === 'scalar' && right === 'scalar')
    fail('comparisons between scalars must use BOOL modifier');
  if (setOps.has(op) && matching.card !== 'one-to-one')
    fail(`no grouping allowed for ${quote(op)} operation`);
  if (setOps.has(op) && (matching.fillLeft !== undefined || matching.fillRight !== undefined))
    fail(`filling in missing series not allowed for set operators`);
  if (matching.on) {
    const both = matching.labels.find((label) => matching.include.includes(label));
    if (both !== undefined) fail(`label ${quote(both)} must not occur in ON and GROUP clause at once`);
  }
  for (const side of [expr.left, expr.right]) {
    const type = typeOf(side);
    if (type !== 'scalar' && type !== 'vector')
      fail('binary expression must contain only scalar and instant vector types', side.span.start);
  }
  if (left === 'vector' && right === 'vector') return;
  if (matching.written) fail('vector matching only allowed between instant vectors');
  if (matching.fillLeft !== undefined || matching.fillRight !== undefined)
    fail('filling in missing series only allowed between instant vectors');
  if (setOps.has(op)) fail(`set operator ${quote(op)} not allowed in binary scalar expression`);
}

function checkAggregate(text: string, expr: AggregateExpr): void {
  expectType(text, expr.expr, 'vector', 'aggregation expression');
  if (expr.param === undefined) return;
  const type = expr.op === 'count_values' ? 'string' : 'scalar';
  expectType(text, expr.param, type, 'aggregation parameter');
}

function checkCall(text: string, expr: Call): void {
  const { name, args, span } = expr;
  const signature = signatures.get(name);
  if (signature === undefined)
    throw new PromqlError(text, span.start, `unknown function with name ${quote(name)}`);
  const wanted = signature.args.length;
  const fail = (problem: string): never => {
    throw new PromqlError(
      text,
      span.start,
      `expected ${problem} argument(s) in call to ${quote(name)}, got ${args.length}`,
    );
  };
  if (signature.variadic === 0 && args.length !== wanted) fail(`${wanted}`);
  if (signature.variadic !== 0 && args.length < wanted - 1) fail(`at least ${wanted - 1}`);
  const most = wanted - 1 + signature.variadic;
  if (signature.variadic > 0 && args.length > most) fail(`at most ${most}`);
  args.forEach((arg, i) => {
    const type = signature.args[Math.min(i, wanted - 1)];
    if (type !== undefined) expectType(text, arg, type, `call to function ${quote(name)}`);
  });
  if (name === 'info') checkInfoSelector(text, args[1]);
  checkExtension(text, expr);
}

function checkInfoSelector(text: string, arg: Expr | undefined): void {
  if (arg === undefined) return;
  if (arg.kind !== 'selector') throw new PromqlError(text, arg.span.start, 'expected label selectors only');
  if (arg.name !== '' && !text.startsWith('{', arg.span.start))
    throw new PromqlError(text, arg.span.start, 'expected label selectors only, got vector selector instead');
}

const extensible = {
  anchored: ['changes', 'delta', 'increase', 'rate', 'resets'],
  smoothed: ['delta', 'increase', 'rate'],
} as const;

function checkExtension(text: string, { name, args, span }: Call): void {
  for (const arg of args) {
    const inner = unwrapParens(arg);
    const extension = inner.kind === 'matrix' ? inner.selector.extension : undefined;
    if (extension === undefined) continue;
    const allowed: readonly string[] = extensible[extension];
    if (!allowed.includes(name)) {
      const list = allowed.join(', ');
      throw new PromqlError(
        text,
        span.start,
        `${extension} modifier can only be used with: ${list} - not with ${name}`,
      );
    }
  }
}

function expectType(text: string, expr: Expr, type: ValueType, context: string): void {
  const got = typeOf(expr);
  if (got === type) return;
  throw new PromqlError(
    text,
    expr.span.start,
    `expected type ${documented[type]} in ${context}, got ${documented[got]}`,
  );
}
