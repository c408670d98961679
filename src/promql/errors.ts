import { AppError } from '../kit/app-error.ts';

/** Text that is not PromQL, or PromQL that does not type-check. Maps to HTTP 400, `bad_data`. */
export class PromqlError extends AppError {
  readonly code = 'BAD_QUERY';
  /** Index into the query text where the fault starts. */
  readonly position: number;
  /** What is wrong, without the position. */
  readonly problem: string;

  constructor(text: string, position: number, problem: string, options?: { cause?: unknown }) {
    super(`${lineAndColumn(text, position)}: parse error: ${problem}`, options);
    this.position = position;
    this.problem = problem;
  }
}

/** A query that could not be answered. Maps to HTTP 422, `execution`. */
export class QueryFailedError extends AppError {
  readonly code = 'QUERY_FAILED';
}

/** A query that ran longer than it may. Maps to HTTP 503, `timeout`. */
export class QueryTimedOutError extends AppError {
  readonly code = 'QUERY_TIMED_OUT';
}

/** A query whose asker went away. Maps to HTTP 503, `canceled`. */
export class QueryCanceledError extends AppError {
  readonly code = 'QUERY_CANCELED';
}

/** `line:column` of an index into the text, both from 1. */
export function lineAndColumn(text: string, position: number): string {
  const before = text.slice(0, position);
  return `${before.split('\n').length}:${position - before.lastIndexOf('\n')}`;
}
