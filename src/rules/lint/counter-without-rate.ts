import type { LintFinding } from '../../model/rule-lint.ts';
import {
  type BinaryExpr,
  childrenOf,
  comparisonOps,
  type Expr,
  unwrapParens,
  type VectorSelector,
} from '../../promql/ast.ts';
import { typeOf } from '../../promql/check.ts';
import { formatExpr } from '../../promql/format.ts';
import type { SeriesLookup } from './lint-surroundings.ts';
import { findingOf, type LintedRule } from './linted-rule.ts';
import { overRange, replaceExpr } from './replace-expr.ts';

/** The range that is proposed spans at least so many evaluations, and 5 minutes. */
const intervalsInRange = 4;

/**
 * A counter compared as it is: it only grows until its process starts again, so once past a bound it stays there, and what
 * it says depends on how long the process has run.
 *
 * Source: https://prometheus.io/docs/concepts/metric_types/#counter
 */
export async function counterWithoutRate(
  rule: LintedRule,
  lookup: SeriesLookup | undefined,
): Promise<LintFinding[]> {
  const compared: Compared[] = [];
  for (const comparison of comparisonsIn(rule.expr)) {
    const counters = await countersIn(comparison, lookup);
    if (counters.length > 0) compared.push({ comparison, counters });
  }
  return compared.length === 0 ? [] : [finding(rule, compared)];
}

interface Compared {
  readonly comparison: BinaryExpr;
  readonly counters: readonly VectorSelector[];
}

function finding(rule: LintedRule, compared: readonly Compared[]): LintFinding {
  const names = [...new Set(compared.flatMap(({ counters }) => counters.map(({ name }) => name)))];
  const texts = compared.map(({ comparison }) => `"${formatExpr(comparison)}"`);
  const isOne = names.length === 1;
  const consequence = compared.every(({ comparison }) => isAgainstZero(comparison))
    ? 'It tells whether anything ever happened since the start, not whether it happens now'
    : 'Once past the bound it stays there for as long as the process runs, however little happens now, and after a restart it is below, however much does';
  return findingOf(rule, {
    lint: 'counter-without-rate',
    severity: 'warning',
    field: 'expr',
    message: `${texts.join(' and ')} ${texts.length === 1 ? 'compares' : 'compare'} ${names.join(' and ')} as ${isOne ? 'it is, and that is a counter: it only grows' : 'they are, and those are counters: they only grow'} until the process restarts. ${consequence}. Compare how much it grew in a while, by increase() or rate() over a range.`,
    suggestion: formatExpr(withRanges(rule, compared)),
  });
}

function withRanges({ expr, intervalMs }: LintedRule, compared: readonly Compared[]): Expr {
  const seconds = Math.max(300, Math.ceil((intervalsInRange * intervalMs) / 60_000) * 60);
  const calls = new Map<Expr, 'increase' | 'rate'>();
  for (const { comparison, counters } of compared) {
    // How many in a while keeps the meaning of a bound; a proportion or a product is one of rates.
    const call = isPlainBound(comparison) ? 'increase' : 'rate';
    for (const selector of counters) calls.set(selector, call);
  }
  return replaceExpr(expr, (part) => {
    const call = calls.get(part);
    return call === undefined || part.kind !== 'selector' ? undefined : overRange(call, part, seconds);
  });
}

/** Comparisons that hold no other comparison: the outer one compares what the inner one let through. */
function comparisonsIn(expr: Expr): BinaryExpr[] {
  if (expr.kind !== 'binary') return childrenOf(expr).flatMap(comparisonsIn);
  if (comparisonOps.has(expr.op)) {
    const inner = childrenOf(expr).flatMap(comparisonsIn);
    return inner.length > 0 ? inner : [expr];
  }
  const right = comparisonsIn(expr.right);
  // `… and requests_total > 0` only guards what is before it, against a division by nothing say.
  const isGuard = expr.op === 'and' || expr.op === 'unless';
  return [
    ...comparisonsIn(expr.left),
    ...(isGuard ? right.filter((comparison) => !isAgainstZero(comparison)) : right),
  ];
}

function isAgainstZero({ left, right }: BinaryExpr): boolean {
  return [left, right].map(unwrapParens).some((side) => side.kind === 'number' && side.value === 0);
}

/** Aggregations of which the values of what they take do not matter. */
const countsSeries: ReadonlySet<string> = new Set(['count', 'group', 'count_values']);
/** Functions of a vector whose answer does not rest on a counter's height, or that say so themselves. */
const ignoresHeight: ReadonlySet<string> = new Set([
  'absent',
  'timestamp',
  'start_timestamp',
  'histogram_quantile',
  'histogram_quantiles',
  'histogram_fraction',
  'histogram_avg',
  'histogram_stddev',
  'histogram_stdvar',
]);

/** Selectors whose values reach the comparison as they are stored. */
function plainSelectorsIn(expr: Expr): VectorSelector[] {
  switch (expr.kind) {
    case 'selector':
      return expr.name === '' ? [] : [expr];
    case 'aggregate':
      return countsSeries.has(expr.op) ? [] : plainSelectorsIn(expr.expr);
    case 'call':
      return ignoresHeight.has(expr.name) ? [] : expr.args.flatMap(plainSelectorsIn);
    case 'binary':
      // `x unless x offset 10m`: series that are new.
      if (expr.op === 'unless' && unwrapParens(expr.right).kind === 'selector' && offsetOf(expr.right))
        return [];
      if (expr.op === 'and' || expr.op === 'unless') return plainSelectorsIn(expr.left);
      return isDifference(expr) ? [] : childrenOf(expr).flatMap(plainSelectorsIn);
    case 'paren':
    case 'unary':
      return plainSelectorsIn(expr.expr);
    default:
      return [];
  }
}

/** `x_total - x_total offset 5m`, `a_total - b_total`: how much lies between counters means something. */
function isDifference({ op, left, right }: BinaryExpr): boolean {
  return op === '-' && typeOf(left) === 'vector' && typeOf(right) === 'vector';
}

/** A selector, or a sum and the like of one, against a number. */
function isPlainBound({ left, right }: BinaryExpr): boolean {
  const plain = (expr: Expr): boolean => {
    const inner = unwrapParens(expr);
    if (inner.kind === 'aggregate') return plain(inner.expr);
    return inner.kind === 'selector' || inner.kind === 'number';
  };
  return plain(left) && plain(right);
}

function offsetOf(expr: Expr): boolean {
  const inner = unwrapParens(expr);
  return inner.kind === 'selector' && inner.offset !== undefined;
}

/**
 * Selectors of counters whose values are compared. A name alone is no proof: `used / …_total` divides by a whole, not by a
 * counter, so a name counts only where no other metric stands beside it.
 */
async function countersIn(
  { left, right }: BinaryExpr,
  lookup: SeriesLookup | undefined,
): Promise<readonly VectorSelector[]> {
  const known: VectorSelector[] = [];
  const likely: VectorSelector[] = [];
  let others = 0;
  for (const selector of [left, right].flatMap(plainSelectorsIn)) {
    const type = await typeOfSeries(selector.name, lookup);
    if (type === 'counter') known.push(selector);
    else if (type === undefined && selector.name.endsWith('_total')) likely.push(selector);
    else others++;
  }
  return others === 0 ? [...known, ...likely] : known;
}

/** By what was scraped with it; the series of a histogram or summary are counters. Undefined when it is not known. */
async function typeOfSeries(name: string, lookup: SeriesLookup | undefined): Promise<string | undefined> {
  const own = await lookup?.typeOf(name);
  if (own !== undefined && own !== 'unknown') return own;
  const base = name.replace(/_(?:bucket|count|sum)$/, '');
  const of = base === name ? undefined : await lookup?.typeOf(base);
  return of === 'histogram' || of === 'summary' ? 'counter' : undefined;
}
