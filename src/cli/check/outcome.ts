/** What checking one file gave. */
export interface CheckOutcome {
  /** Such as `Checking rules.yaml`. */
  readonly title: string;
  /** What was found in a file that is well. */
  readonly found?: string;
  /** What is worth knowing of a file that is well. */
  readonly notes?: readonly string[];
  readonly warnings: readonly string[];
  /** What is allowed and should not be, by the lints that were asked for; fatal only with `--lint-fatal`. */
  readonly lints?: readonly string[];
  /** Why it would be refused; empty when it is well. */
  readonly problems: readonly string[];
}

/** Prints as promtool does: what went well to standard output, what is wrong to standard error. */
export function printOutcome({
  title,
  found = 'SUCCESS',
  notes = [],
  warnings,
  lints = [],
  problems,
}: CheckOutcome): void {
  process.stdout.write(`${title}\n`);
  for (const warning of warnings) process.stderr.write(indented(`WARNING: ${warning}`, '  '));
  for (const lint of lints) process.stderr.write(indented(lint, '  '));
  if (problems.length === 0) process.stdout.write(`  ${found}\n`);
  else process.stderr.write(`  FAILED:\n${problems.map((problem) => indented(problem, '    ')).join('')}`);
  for (const note of notes) process.stdout.write(indented(note, '  '));
  process.stdout.write('\n');
}

/** 1 when something would be refused, 3 when lints alone are to fail, else 0. */
export function exitCodeOf(outcomes: readonly CheckOutcome[], isLintFatal: boolean): 0 | 1 | 3 {
  if (outcomes.some(({ problems }) => problems.length > 0)) return 1;
  return isLintFatal && outcomes.some(({ lints = [] }) => lints.length > 0) ? 3 : 0;
}

function indented(text: string, indent: string): string {
  return text
    .split('\n')
    .map((line) => `${indent}${line}\n`)
    .join('');
}
