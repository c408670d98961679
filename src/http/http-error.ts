import { AppError } from '../kit/app-error.ts';

/** No reply came: name look-up, connection, TLS, time-out. The message names the host and never the path or a credential. */
export class HttpError extends AppError {
  readonly code = 'HTTP_FAILED';
}
