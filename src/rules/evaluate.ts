import type { FloatHistogram } from '../model/float-histogram.ts';
import type { Labels } from '../model/labels.ts';
import type { Expr } from '../promql/ast.ts';
import type { Engine } from '../promql/engine.ts';
import { QueryFailedError } from '../promql/errors.ts';
import type { Work } from '../promql/evaluation.ts';
import type { QueryResult } from '../promql/query-result.ts';
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

/** Runs an instant query as work that pauses where `isSpent` says so. */
export type EvaluateInSlices = (
  queryable: Queryable,
  expr: Expr | string,
  atMs: number,
  isSpent: () => boolean,
) => Work<readonly EvaluatedSample[]>;

/** Rules take vectors and scalars from the engine. */
export function evaluateWith(engine: Pick<Engine, 'instant'>): Evaluate {
  return (queryable, expr, atMs) => samplesOf(engine.instant(queryable, expr, atMs));
}

/** As {@link evaluateWith}, in slices. */
export function evaluateInSlicesWith(engine: Pick<Engine, 'instantWork'>): EvaluateInSlices {
  return function* (queryable, expr, atMs, isSpent) {
    return samplesOf(yield* engine.instantWork(queryable, expr, atMs, isSpent));
  };
}

function samplesOf(result: QueryResult): readonly EvaluatedSample[] {
  if (result.type === 'vector') return result.samples;
  if (result.type === 'scalar') return [{ labels: {}, value: result.value }];
  throw new QueryFailedError(`rule result is a ${result.type}, not a vector or scalar`);
}
