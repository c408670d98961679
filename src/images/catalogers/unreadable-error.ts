import { AppError } from '../../kit/app-error.ts';

/** A file that tells of packages and cannot be read to its end: what it holds is not known, and the result is partial. */
export class UnreadablePackagesError extends AppError {
  readonly code = 'UNREADABLE_PACKAGES';
  readonly path: string;
  /** What was read of it all the same, as the cataloger's `read` would give it. */
  readonly found: unknown;
  readonly #parts: readonly [path: string, what: string, problem: string];

  /** @param what the file's format, for people: `rpm database (SQLite)`. */
  constructor(
    path: string,
    what: string,
    problem: string,
    { found, ...options }: { readonly cause?: unknown; readonly found?: unknown } = {},
  ) {
    super(`${path}: this ${what} cannot be read${found === undefined ? '' : ' whole'}: ${problem}`, options);
    this.found = found;
    this.path = path;
    this.#parts = [path, what, problem];
  }

  /** The same, of a whole of which this much was read. */
  with(found: unknown): UnreadablePackagesError {
    return new UnreadablePackagesError(...this.#parts, { cause: this.cause, found });
  }
}

/**
 * Runs a parser. Those of this room throw RangeError where bytes lead outside of the file or of what is allowed, as
 * DataView does, and SyntaxError where text is not what it should be, as JSON.parse does.
 *
 * @throws {UnreadablePackagesError} instead of those two.
 */
export function orUnreadable<T>(path: string, what: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) {
      throw new UnreadablePackagesError(path, what, error.message, { cause: error });
    }
    throw error;
  }
}
