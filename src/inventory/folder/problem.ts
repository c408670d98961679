/** Something wrong with a file: `error` when some of it could not be read, `warning` when it was read all the same. */
export interface FileProblem {
  readonly severity: 'error' | 'warning';
  /** Relative to the folder, with `/`; `-` for standard input. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** What is wrong and what to do. */
  readonly message: string;
}

/** For people and logs: `cart/deployment.yaml:12:3: …`. */
export function formatProblem({ file, line, column, message }: FileProblem): string {
  return `${file}:${line}:${column}: ${message}`;
}
