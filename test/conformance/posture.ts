import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseManifests } from '../../src/inventory/folder/parse-manifests.ts';
import type { Check, ControlInputs } from '../../src/posture/control.ts';
import { customControls, describeProblem } from '../../src/posture/custom/custom-controls.ts';
import { defaultInputs } from '../../src/posture/inputs.ts';
import { type PostureCase, problemOf } from './posture-cases.ts';
import { differenceOf } from './posture-differences.ts';

export interface SuiteResult {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The case file that is run when none is named. */
export const defaultPath = join(repositoryRoot(), '../shared/conformance/posture/fixtures.jsonl');

/**
 * Runs posture cases against our checks and prints each that fails. A case of a rule that is not built has failed.
 *
 * @param path a case file, or a folder of them.
 */
export async function run(path: string = defaultPath): Promise<SuiteResult> {
  if (!existsSync(path)) {
    console.log(`${path}: there is no such file, so nothing was run`);
    return { passed: 0, failed: 0, skipped: 0 };
  }
  const result = { passed: 0, failed: 0, skipped: 0 };
  for (const file of filesIn(path)) {
    const inputs = inputsBeside(file);
    for (const [i, line] of readFileSync(file, 'utf8').split('\n').entries()) {
      if (line.trim() === '') continue;
      const { name, problem, reason } = judged(line, `${file}:${i + 1}`, inputs);
      if (problem === undefined) result.passed++;
      else if (reason !== undefined) {
        result.skipped++;
        console.log(`DIFFERS ${name}: ${reason}`);
      } else {
        result.failed++;
        console.log(`FAILED ${name}: ${problem}`);
      }
    }
  }
  return result;
}

/** The cases of a file; for tests. */
export function casesIn(file: string): PostureCase[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as PostureCase);
}

/** The settings that a file's cases start from: upstream's beside it or at the default place, else ours. */
export function inputsBeside(file: string): ControlInputs {
  const found = [dirname(file), dirname(defaultPath)]
    .map((folder) => join(folder, 'default-config-inputs.json'))
    .find((candidate) => existsSync(candidate));
  if (found === undefined) return defaultInputs;
  const { settings } = JSON.parse(readFileSync(found, 'utf8')) as {
    settings: { postureControlInputs: ControlInputs };
  };
  return settings.postureControlInputs;
}

interface Judged {
  readonly name: string;
  readonly problem?: string | undefined;
  /** Why the problem is not held against us. */
  readonly reason?: string | undefined;
}

function judged(line: string, place: string, inputs: ControlInputs): Judged {
  try {
    const one = JSON.parse(line) as PostureCase;
    const name = `${one.rule}/${one.case}`;
    const custom = customChecks(one, dirname(place.replace(/:\d+$/, '')));
    const problem = problemOf(one, inputs, { custom });
    return problem === undefined ? { name } : { name, problem, reason: differenceOf(one, inputs) };
  } catch (error) {
    return { name: place, problem: `the case could not be read: ${(error as Error).message}` };
  }
}

/** @throws {Error} for policies that do not compile. */
function customChecks({ policies }: PostureCase, folder: string): readonly Check[] {
  if (policies === undefined) return [];
  const { objects } = parseManifests(readFileSync(join(folder, policies), 'utf8'), policies);
  const { controls, problems } = customControls(objects.map(({ object }) => object));
  if (problems.length > 0) throw new Error(problems.map(describeProblem).join('\n'));
  return controls.flatMap(({ checks }) => checks);
}

function filesIn(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.jsonl'))
    .sort()
    .map((file) => join(path, file));
}

/** The compiled runner stands elsewhere in the repository than its source. */
function repositoryRoot(): string {
  for (let at = import.meta.dirname; at !== dirname(at); at = dirname(at)) {
    if (existsSync(join(at, 'package.json')) && existsSync(join(at, 'src/posture'))) return at;
  }
  return process.cwd();
}
