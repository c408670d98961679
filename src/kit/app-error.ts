/**
 * Base of every error this program throws on purpose.
 *
 * `code` is stable and documented (docs/errors.md); match on it, never on `message`.
 */
export abstract class AppError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The user gave us something we cannot accept. Maps to HTTP 400 and exit status 2. */
export class BadInputError extends AppError {
  readonly code = 'BAD_INPUT';
  /** Where in the input, as a dotted path such as `route.receiver`. Empty for the whole input. */
  readonly path: string;

  constructor(path: string, problem: string, options?: { cause?: unknown }) {
    super(path === '' ? problem : `${path}: ${problem}`, options);
    this.path = path;
  }
}

/** What was asked for is not there. Maps to HTTP 404. */
export class NotFoundError extends AppError {
  readonly code = 'NOT_FOUND';
}

/** It could not be done for a reason outside of the input: a port taken, a disk full, a peer away. Exit status 3, HTTP 503. */
export class UnavailableError extends AppError {
  readonly code = 'UNAVAILABLE';
}

/** A short text for people of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
