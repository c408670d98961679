import { AppError } from '../kit/app-error.ts';

/** As many jobs wait as may; nothing of what was asked for is done. HTTP 429 with `Retry-After`. */
export class QueueFullError extends AppError {
  readonly code = 'QUEUE_FULL';
  /** For the server's translation of errors. */
  readonly statusCode = 429;
  readonly retryAfterMs: number;

  constructor(waiting: number, retryAfterMs: number) {
    super(
      `${waiting} jobs wait already; try again in ${Math.ceil(retryAfterMs / 1000)} s, or raise operator.max_queued_jobs`,
    );
    this.retryAfterMs = retryAfterMs;
  }
}
