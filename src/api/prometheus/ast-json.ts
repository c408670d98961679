import type { Matcher } from '../../model/matcher.ts';
import type { AtModifier, BinaryExpr, DurationExpr, Expr, VectorSelector } from '../../promql/ast.ts';
import { typeOf } from '../../promql/check.ts';
import { durationMs } from '../../promql/durations.ts';
import { formatSampleValue } from '../../promql/format-number.ts';
import { signatures } from '../../promql/signatures.ts';

/**
 * A query's syntax tree in the shape of Prometheus' `/api/v1/parse_query`, which its pages and others draw.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/querying/api/#parsing-a-promql-expressions-into-a-abstract-syntax-tree-ast
 */
export function astJson(expr: Expr): unknown {
  switch (expr.kind) {
    case 'number':
      return { type: 'numberLiteral', val: formatSampleValue(expr.value) };
    case 'string':
      return { type: 'stringLiteral', val: expr.value };
    case 'paren':
      return { type: 'parenExpr', expr: astJson(expr.expr) };
    case 'unary':
      return { type: 'unaryExpr', op: expr.op, expr: astJson(expr.expr) };
    case 'binary':
      return {
        type: 'binaryExpr',
        op: expr.op,
        lhs: astJson(expr.left),
        rhs: astJson(expr.right),
        matching: matchingJson(expr),
        bool: expr.returnBool,
      };
    case 'aggregate':
      return {
        type: 'aggregation',
        op: expr.op,
        expr: astJson(expr.expr),
        param: expr.param === undefined ? null : astJson(expr.param),
        grouping: expr.grouping,
        without: expr.without,
      };
    case 'call':
      return { type: 'call', func: functionJson(expr.name), args: expr.args.map(astJson) };
    case 'selector':
      return { type: 'vectorSelector', ...selectorJson(expr) };
    case 'matrix':
      return { type: 'matrixSelector', range: msOf(expr.range), ...selectorJson(expr.selector) };
    case 'subquery':
      return {
        type: 'subquery',
        expr: astJson(expr.expr),
        range: msOf(expr.range),
        offset: msOf(expr.offset),
        step: msOf(expr.step),
        ...timeJson(expr.at),
      };
  }
}

function selectorJson({ name, matchers, offset, at, extension }: VectorSelector) {
  return {
    name,
    offset: msOf(offset),
    matchers: matchers.map(matcherJson),
    ...timeJson(at),
    anchored: extension === 'anchored',
    smoothed: extension === 'smoothed',
  };
}

function matcherJson(matcher: Matcher): unknown {
  return { name: matcher.name, value: matcher.value, type: matcher.op };
}

function timeJson(at: AtModifier | undefined) {
  const word = at === 'start' || at === 'end' ? at : null;
  return { timestamp: typeof at === 'number' ? at : null, startOrEnd: word };
}

/** Prometheus gives it for two vectors only; where nothing was written, everything must match. */
function matchingJson({ op, left, right, matching }: BinaryExpr): unknown {
  if (typeOf(left) !== 'vector' || typeOf(right) !== 'vector') return null;
  const isSet = op === 'and' || op === 'or' || op === 'unless';
  return {
    card: isSet ? 'many-to-many' : matching.card,
    labels: matching.labels,
    on: matching.on,
    include: matching.include,
    fillValues: { lhs: matching.fillLeft ?? null, rhs: matching.fillRight ?? null },
  };
}

function functionJson(name: string): unknown {
  const signature = signatures.get(name);
  return {
    name,
    argTypes: signature?.args ?? [],
    variadic: signature?.variadic ?? 0,
    returnType: signature?.returns ?? 'vector',
  };
}

/** `step()` and `range()` are not known without a query and count as 0; what cannot be computed then is 0. */
function msOf(duration: DurationExpr | undefined): number {
  if (duration === undefined) return 0;
  try {
    return durationMs(duration, { stepMs: 0, rangeMs: 0 });
  } catch {
    return 0;
  }
}
