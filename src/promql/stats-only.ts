import { childrenOf, type Expr, type VectorSelector } from './ast.ts';

const needStats = new Set(['histogram_count', 'histogram_sum', 'histogram_avg']);
const needBuckets = new Set(['histogram_quantile', 'histogram_quantiles', 'histogram_fraction']);

/**
 * Selectors of whose native histograms only count and sum are asked for, so that buckets need not be kept. Below an operator or
 * a subquery buckets are needed: to trim, to compare, and to find counter resets over gaps.
 */
export function statsOnlySelectors(expr: Expr): ReadonlySet<VectorSelector> {
  const found = new Set<VectorSelector>();
  collect(expr, false, false, found);
  return found;
}

function collect(expr: Expr, stats: boolean, buckets: boolean, found: Set<VectorSelector>): void {
  if (expr.kind === 'selector') {
    if (stats && !buckets) found.add(expr);
    return;
  }
  const isCall = expr.kind === 'call';
  // What stands above an operator says nothing of its operands.
  const isOperator = expr.kind === 'binary';
  const withStats = !isOperator && (stats || (isCall && needStats.has(expr.name)));
  const withBuckets =
    !isOperator && (buckets || expr.kind === 'subquery' || (isCall && needBuckets.has(expr.name)));
  for (const child of childrenOf(expr)) collect(child, withStats, withBuckets, found);
}
