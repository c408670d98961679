import { childrenOf, type Expr } from '../promql/ast.ts';
import { signatures } from '../promql/signatures.ts';

/** Switches of Prometheus without which it refuses what they are about. */
export type ExperimentalFeature =
  | 'promql-experimental-functions'
  | 'promql-extended-range-selectors'
  | 'promql-binop-fill-modifiers';

export interface ExperimentalUse {
  readonly feature: ExperimentalFeature;
  /** What is used, as people would name it: `function info()`. */
  readonly what: string;
}

/**
 * What an expression uses that Prometheus takes only with a switch. Skopos takes all of it; a rule that is to run elsewhere
 * should know.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/feature_flags/
 */
export function experimentalUses(expr: Expr): readonly ExperimentalUse[] {
  return [...ownUses(expr), ...childrenOf(expr).flatMap(experimentalUses)];
}

function ownUses(expr: Expr): readonly ExperimentalUse[] {
  if (expr.kind === 'call' && signatures.get(expr.name)?.experimental === true) {
    return [{ feature: 'promql-experimental-functions', what: `function ${expr.name}()` }];
  }
  if (expr.kind === 'aggregate' && (expr.op === 'limitk' || expr.op === 'limit_ratio')) {
    return [{ feature: 'promql-experimental-functions', what: `aggregation ${expr.op}()` }];
  }
  const selector = expr.kind === 'matrix' ? expr.selector : expr.kind === 'selector' ? expr : undefined;
  if (selector?.extension !== undefined) {
    return [{ feature: 'promql-extended-range-selectors', what: `modifier "${selector.extension}"` }];
  }
  if (expr.kind === 'binary' && (expr.matching.fillLeft ?? expr.matching.fillRight) !== undefined) {
    return [{ feature: 'promql-binop-fill-modifiers', what: 'modifier fill()' }];
  }
  return [];
}
