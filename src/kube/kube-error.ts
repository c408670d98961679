import { AppError } from '../kit/app-error.ts';

/** The API server answered, but not with what was asked for. `status` is HTTP's, `reason` the API's word: `Forbidden`, `Expired`. */
export class KubeError extends AppError {
  readonly code = 'KUBE_API';
  readonly status: number;
  readonly reason: string;
  /** What the server asked to wait before trying again. */
  readonly retryAfterMs: number | undefined;

  constructor(status: number, reason: string, message: string, retryAfterMs?: number) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }

  /** The resource version or continue token is too old: list again. */
  get isExpired(): boolean {
    return this.status === 410 || this.reason === 'Expired' || this.reason === 'Gone';
  }

  /** Trying again soon will not help: somebody has to grant, install or mend something. */
  get isRefusal(): boolean {
    return [401, 403, 404, 405, 406].includes(this.status);
  }
}
