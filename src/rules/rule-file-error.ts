import { BadInputError } from '../kit/app-error.ts';

/** One thing that is wrong in a rule file. */
export interface RuleProblem {
  /** From 1; 0 when unknown. */
  readonly line: number;
  /** As `groups[0].rules[2].expr`. */
  readonly path: string;
  readonly problem: string;
}

/** A rule file that cannot be accepted, with everything that is wrong in it. */
export class RuleFileError extends BadInputError {
  readonly file: string;
  readonly problems: readonly RuleProblem[];

  constructor(file: string, problems: readonly RuleProblem[]) {
    const lines = problems.map(
      ({ line, path, problem }) =>
        `${file}${line > 0 ? `:${line}` : ''}: ${path === '' ? '' : `${path}: `}${problem}`,
    );
    super('', lines.join('\n'));
    this.file = file;
    this.problems = problems;
  }
}
