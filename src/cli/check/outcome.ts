/** What checking one file gave. */
export interface CheckOutcome {
  /** Such as `Checking rules.yaml`. */
  readonly title: string;
  /** What was found in a file that is well. */
  readonly found?: string;
  readonly warnings: readonly string[];
  /** Why it would be refused; empty when it is well. */
  readonly problems: readonly string[];
}

/** Prints as promtool does: what went well to standard output, what is wrong to standard error. */
export function printOutcome({ title, found = 'SUCCESS', warnings, problems }: CheckOutcome): void {
  process.stdout.write(`${title}\n`);
  for (const warning of warnings) process.stderr.write(indented(`WARNING: ${warning}`, '  '));
  if (problems.length === 0) process.stdout.write(`  ${found}\n`);
  else process.stderr.write(`  FAILED:\n${problems.map((problem) => indented(problem, '    ')).join('')}`);
  process.stdout.write('\n');
}

function indented(text: string, indent: string): string {
  return text
    .split('\n')
    .map((line) => `${indent}${line}\n`)
    .join('');
}
