import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface SuiteResult {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What became of one case; counted by {@link tally}. */
export type CaseOutcome =
  | { readonly passed: true }
  | { readonly skipped: string }
  | { readonly problem: string };

/** Counts outcomes, and prints the cases that failed or were skipped, with the reason. */
export function tally(outcomes: Iterable<readonly [name: string, outcome: CaseOutcome]>): SuiteResult {
  const result = { passed: 0, failed: 0, skipped: 0 };
  for (const [name, outcome] of outcomes) {
    if ('passed' in outcome) result.passed++;
    else if ('skipped' in outcome) {
      result.skipped++;
      console.log(`SKIPPED ${name}: ${outcome.skipped}`);
    } else {
      result.failed++;
      console.log(`FAILED ${name}: ${outcome.problem}`);
    }
  }
  return result;
}

/** Where the cases of a suite are when nobody says: beside the repository. */
export function casesAt(place: string): string {
  return join(repositoryRoot(), '../shared/conformance', place);
}

/** The folder of package.json, whether this runs from its source or built. */
function repositoryRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json')) || folder.includes('/.cache/')) folder = dirname(folder);
  return folder;
}
