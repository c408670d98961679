import { UnavailableError } from '../kit/app-error.ts';

/** Bytes are not what their format says. Thrown where the file is not known; {@link inFile} adds where it was. */
export class DamageError extends Error {}

/** A file of the data directory is damaged. */
export class CorruptionError extends UnavailableError {
  readonly path: string;
  /** Of the first byte of what cannot be read. */
  readonly offset: number;

  constructor(path: string, offset: number, problem: string, options?: { cause?: unknown }) {
    super(`${path} is damaged at byte ${offset}: ${problem}`, options);
    this.path = path;
    this.offset = offset;
  }
}

/** Does `work`; what it finds damaged is told with the file and offset. @throws {CorruptionError} */
export function inFile<Result>(path: string, offset: number, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof DamageError || error instanceof RangeError)
      throw new CorruptionError(path, offset, error.message, { cause: error });
    throw error;
  }
}
