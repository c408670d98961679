import type { FloatHistogram } from '../model/float-histogram.ts';
import type { Labels } from '../model/labels.ts';
import type { Expr } from '../promql/ast.ts';
import type { Engine } from '../promql/engine.ts';
import { QueryFailedError } from '../promql/errors.ts';
import type { Queryable } from '../promql/queryable.ts';

/** A series and value that an expression gave. A scalar result is one without labels. */
export interface EvaluatedSample {
  readonly labels: Labels;
  /** Means nothing where `histogram` is set. */
  readonly value: number;
  readonly histogram?: FloatHistogram;
}

/** Runs an instant query; @throws what the engine says is wrong. */
export type Evaluate = (
  queryable: Queryable,
  expr: Expr | string,
  atMs: number,
) => readonly EvaluatedSample[];

/** Rules take vectors and scalars from the engine. */
export function evaluateWith(engine: Pick<Engine, 'instant'>): Evaluate {
  return (queryable, expr, atMs) => {
    const result = engine.instant(queryable, expr, atMs);
    if (result.type === 'vector') return result.samples;
    if (result.type === 'scalar') return [{ labels: {}, value: result.value }];
    throw new QueryFailedError(`rule result is a ${result.type}, not a vector or scalar`);
  };
}
