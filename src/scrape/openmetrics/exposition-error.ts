import { AppError } from '../../kit/app-error.ts';

/** An exposition that breaks its format: what is wrong, and on which line. */
export class ExpositionError extends AppError {
  readonly code = 'BAD_EXPOSITION';
  /** From 1. */
  readonly line: number;

  constructor(line: number, problem: string) {
    super(`line ${line}: ${problem}`);
    this.line = line;
  }
}
