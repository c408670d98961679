import type { Expr, VectorSelector } from './ast.ts';
import { repeatedKeys } from './repeated-parts.ts';
import { statsOnlySelectors } from './stats-only.ts';

/** What is known of a query before it is evaluated, whatever its times and data are. */
export interface Plan {
  /** Selectors of whose histograms only count and sum are asked for. */
  readonly statsOnly: ReadonlySet<VectorSelector>;
  /** Parts that stand in it more than once. */
  readonly repeated: ReadonlyMap<Expr, string>;
}

/** Rules are evaluated again and again; what was found out of one is kept as long as its expression is. */
const plans = new WeakMap<Expr, Plan>();

export function planOf(expr: Expr): Plan {
  let plan = plans.get(expr);
  if (plan === undefined) {
    const statsOnly = statsOnlySelectors(expr);
    // A selector without buckets gives something else than its twin with them.
    const repeated = repeatedKeys(expr, (part) => part.kind === 'selector' && statsOnly.has(part));
    plan = { statsOnly, repeated };
    plans.set(expr, plan);
  }
  return plan;
}
