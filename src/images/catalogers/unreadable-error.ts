import { AppError } from '../../kit/app-error.ts';

/** A file that tells of packages and cannot be read to its end: what it holds is not known, and the result is partial. */
export class UnreadablePackagesError extends AppError {
  readonly code = 'UNREADABLE_PACKAGES';

  /** @param what the file's format, for people: `rpm database (SQLite)`. */
  constructor(path: string, what: string, problem: string, options?: { cause?: unknown }) {
    super(`${path}: this ${what} cannot be read: ${problem}`, options);
  }
}
