import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseConstraint, satisfies } from '../../src/images/versions/constraint.ts';
import { compareFuzzy } from '../../src/images/versions/fuzzy.ts';
import { satisfiesNpmRange } from '../../src/images/versions/npm-range.ts';
import { compareRpm } from '../../src/images/versions/rpm.ts';
import type { VersionScheme } from '../../src/images/versions/scheme.ts';
import { schemeOf } from '../../src/images/versions/schemes.ts';
import { messageOf } from '../../src/kit/app-error.ts';
import { type CaseOutcome, casesAt, type SuiteResult, tally } from './suite.ts';

/** The folder that is run when none is named. */
export const defaultPath = casesAt('images/versions');

interface Vectors {
  readonly scheme: string;
  readonly compare?: readonly (readonly [left: string, operator: string, right: string])[];
  readonly compare_grype_only?: Vectors['compare'];
  readonly constraint?: readonly (readonly [version: string, constraint: string, satisfied: boolean])[];
}

/** Runs rows of version orders and constraints: one case a row. */
export async function run(path: string = defaultPath): Promise<SuiteResult> {
  if (!existsSync(path)) {
    console.log(`${path}: there is no such file or folder, so nothing was run`);
    return { passed: 0, failed: 0, skipped: 0 };
  }
  const files = statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((file) => file.endsWith('.json'))
        .map((file) => join(path, file))
    : [path];
  return tally(files.flatMap((file) => [...casesOf(JSON.parse(readFileSync(file, 'utf8')) as Vectors)]));
}

function* casesOf(vectors: Vectors): IterableIterator<readonly [string, CaseOutcome]> {
  const { scheme: name, compare = [], compare_grype_only: grypeOnly = [], constraint = [] } = vectors;
  const scheme = schemeNamed(name);
  for (const row of compare) yield [`${name} ${row.join(' ')}`, orderOutcome(scheme, row)];
  for (const row of grypeOnly) yield [`${name} (as Grype) ${row.join(' ')}`, orderOutcome(grypeRpm, row)];
  for (const [version, text, wanted] of constraint) {
    yield [`${name} ${version} in ${text}`, constraintOutcome(name, scheme, version, text, wanted)];
  }
}

function schemeNamed(name: string): VersionScheme {
  // The rows of this scheme are about the comparison by parts alone, which is what it falls back to.
  if (name === 'fuzzy') return { name, compare: compareFuzzy };
  return schemeOf(name.startsWith('rpm') ? 'rpm' : name);
}

const grypeRpm: VersionScheme = { name: 'rpm', compare: (left, right) => compareRpm(left, right, 'ignore') };

function orderOutcome(
  scheme: VersionScheme,
  [left, operator, right]: readonly [string, string, string],
): CaseOutcome {
  const wanted = operator === '<' ? -1 : operator === '>' ? 1 : 0;
  return outcomeOf(() => {
    const forth = Math.sign(scheme.compare(left, right));
    const back = Math.sign(scheme.compare(right, left));
    if (forth === wanted && back === -wanted) return undefined;
    return `compare gives ${forth} and, the other way, ${back}`;
  });
}

function constraintOutcome(
  name: string,
  scheme: VersionScheme,
  version: string,
  text: string,
  wanted: boolean,
): CaseOutcome {
  return outcomeOf(() => {
    const found =
      name === 'npm-range'
        ? satisfiesNpmRange(version, text)
        : satisfies(name === 'fuzzy' ? schemeOf('fuzzy') : scheme, version, parseConstraint(text));
    return found === wanted ? undefined : `gives ${found}`;
  });
}

function outcomeOf(problemOf: () => string | undefined): CaseOutcome {
  try {
    const problem = problemOf();
    return problem === undefined ? { passed: true } : { problem };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}
