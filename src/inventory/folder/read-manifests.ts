import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BadInputError, messageOf } from '../../kit/app-error.ts';
import type { Origin } from '../../model/change.ts';
import { type KubeObject, keyOf, refOf } from '../../model/object.ts';
import { project } from '../project.ts';
import { parseManifests } from './parse-manifests.ts';
import { type FileProblem, formatProblem } from './problem.ts';
import { readManifestFile } from './read-file.ts';
import { walkFolder } from './walk.ts';

export interface ManifestObject {
  /** As the inventory takes it: no Secret values. */
  readonly object: KubeObject;
  readonly origin: Origin;
}

export interface Manifests {
  /** Each once: of an object that is given again, the last in order of path and line counts. */
  readonly objects: readonly ManifestObject[];
  /** Only warnings. */
  readonly problems: readonly FileProblem[];
}

/** Some manifests could not be read; the message lists each place, one a line. */
export class ManifestError extends BadInputError {
  /** All problems found, warnings included. */
  readonly problems: readonly FileProblem[];
  /** What could be read all the same. */
  readonly objects: readonly ManifestObject[];

  constructor(problems: readonly FileProblem[], objects: readonly ManifestObject[]) {
    const errors = problems.filter((problem) => problem.severity === 'error');
    super('', errors.map(formatProblem).join('\n'));
    this.problems = problems;
    this.objects = objects;
  }
}

/**
 * Reads a manifest, a folder of them, or a text (standard input, named `-`), once. Files are named with the path that
 * was given in front.
 *
 * @throws {ManifestError} listing every place that could not be read, when there is one.
 * @throws {BadInputError} when the path is not there.
 */
export async function readManifests(
  input: { readonly path: string } | { readonly text: string; readonly name?: string },
): Promise<Manifests> {
  const found = new Map<string, ManifestObject>();
  const problems: FileProblem[] = [];
  const take = (text: string, file: string): void => {
    const parsed = parseManifests(text, file);
    problems.push(...parsed.problems);
    for (const { object, line } of parsed.objects) {
      const key = keyOf(refOf(object));
      const earlier = found.get(key)?.origin;
      if (earlier !== undefined)
        problems.push({
          severity: 'warning',
          file: earlier.file ?? file,
          line: earlier.line ?? 1,
          column: 1,
          message: `${object.kind} ${object.metadata.name} is given again at ${file}:${line}, which counts; remove one of them`,
        });
      found.set(key, {
        object: project(object, { configMapValues: true }),
        origin: { source: 'folder', file, line },
      });
    }
  };
  if ('text' in input) take(input.text, input.name ?? '-');
  else {
    const { files, walkProblems } = await list(input.path);
    problems.push(...walkProblems);
    for (const file of files) {
      const result = await readManifestFile(file);
      if (result.state === 'read') take(result.text, file);
      else if (result.state === 'refused')
        problems.push({ severity: 'error', file, line: 1, column: 1, message: result.reason });
    }
  }
  const objects = [...found.values()];
  if (problems.some((problem) => problem.severity === 'error')) throw new ManifestError(problems, objects);
  return { objects, problems };
}

interface Listing {
  /** With the path that was asked for in front. */
  readonly files: readonly string[];
  readonly walkProblems: readonly FileProblem[];
}

async function list(path: string): Promise<Listing> {
  try {
    if (!(await stat(path)).isDirectory()) return { files: [path], walkProblems: [] };
    const { files, problems } = await walkFolder(path);
    return {
      files: files.map((file) => join(path, file)),
      walkProblems: problems.map((problem) => ({ ...problem, file: join(path, problem.file) })),
    };
  } catch (error) {
    throw new BadInputError('', `cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}
