import { join } from 'node:path';
import { type KubeObject, keyOf, refOf } from '../../model/object.ts';
import { project } from '../project.ts';
import { parseManifests } from './parse-manifests.ts';
import type { FileProblem } from './problem.ts';
import { readManifestFile } from './read-file.ts';

/** An object of a file, as text: it goes from thread to thread cheaply, and holds on to nothing of the file. */
export interface ReadObject {
  readonly key: string;
  /** Where it starts, from 1. */
  readonly line: number;
  /** What `project` keeps of it. */
  readonly json: string;
}

/** What a file says. Plain data. */
export interface FileContent {
  /** Relative to the folder, with `/`. */
  readonly file: string;
  /** Differs whenever the file does; undefined when the file is gone. */
  readonly mark: string | undefined;
  /** Each key once. */
  readonly objects: readonly ReadObject[];
  readonly problems: readonly FileProblem[];
}

export interface ReadJob {
  readonly folder: string;
  /** Relative to the folder, with `/`. */
  readonly file: string;
  readonly keepConfigMapValues: boolean;
}

/** Reads the objects of one file. What is wrong with it is in `problems`; never throws. */
export async function readObjects({ folder, file, keepConfigMapValues }: ReadJob): Promise<FileContent> {
  const result = await readManifestFile(join(folder, file));
  if (result.state === 'gone') return { file, mark: undefined, objects: [], problems: [] };
  const { mark } = result;
  if (result.state === 'refused') {
    const problem: FileProblem = { severity: 'error', file, line: 1, column: 1, message: result.reason };
    return { file, mark, objects: [], problems: [problem] };
  }
  const parsed = parseManifests(result.text, file);
  const problems = [...parsed.problems];
  const found = new Map<string, { readonly object: KubeObject; readonly line: number }>();
  for (const { object, line } of parsed.objects) {
    const ref = refOf(object);
    const key = keyOf(ref);
    const earlier = found.get(key);
    if (earlier !== undefined)
      problems.push({
        severity: 'warning',
        file,
        line: earlier.line,
        column: 1,
        message: `${ref.kind} ${ref.name} is in this file again at line ${line}, which counts; remove one of them`,
      });
    found.set(key, { object, line });
  }
  const objects = [...found].map(([key, { object, line }]) => ({
    key,
    line,
    json: JSON.stringify(project(object, { configMapValues: keepConfigMapValues })),
  }));
  return { file, mark, objects, problems };
}
