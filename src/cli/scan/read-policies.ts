import { resolve } from 'node:path';
import { ManifestError, readManifests } from '../../inventory/folder/read-manifests.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { BadInputError } from '../../kit/app-error.ts';
import type { Origin } from '../../model/change.ts';
import { type KubeObject, keyOf, refOf } from '../../model/object.ts';
import {
  type CustomControls,
  customControls,
  describeProblem,
  type PolicyProblem,
  policyKinds,
} from '../../posture/custom/custom-controls.ts';
import { EvidenceLines } from './evidence-line.ts';
import { shownFile } from './read-target.ts';

/** Controls that people wrote themselves, and what is wrong with those among the judged objects. */
export interface OwnControls {
  readonly controls: CustomControls['controls'];
  readonly warnings: readonly string[];
}

/**
 * Custom controls from files that are named for that, and from the policies among the judged objects. An object of files goes
 * before one of the same name that is judged.
 *
 * @throws {BadInputError} for what is wrong with a policy of files, with file, line, field, and for an expression its place.
 */
export async function readPolicies(
  paths: readonly string[],
  inventory: Inventory | undefined,
  cwd: string,
  stdin?: string,
): Promise<OwnControls> {
  const origins = new Map<KubeObject, Origin>();
  const fromFiles = new Set<KubeObject>();
  const found = new Map<string, KubeObject>();
  for (const kind of policyKinds) {
    for (const object of inventory?.list(kind) ?? []) {
      const key = keyOf(refOf(object));
      const origin = inventory?.origin(key);
      if (origin !== undefined) origins.set(object, origin);
      found.set(key, object);
    }
  }
  for (const path of paths) {
    for (const { object, origin } of await manifestsAt(path, cwd)) {
      origins.set(object, origin);
      fromFiles.add(object);
      found.set(keyOf(refOf(object)), object);
    }
  }
  const custom = customControls(found.values());
  const lines = new EvidenceLines(stdin);
  const say = (problem: PolicyProblem) =>
    `${placeOf(problem, origins.get(problem.object), lines, cwd)}${describeProblem(problem)}`;
  const bad = custom.problems.filter(({ object }) => fromFiles.has(object));
  if (bad.length > 0) throw new BadInputError('', bad.map(say).join('\n'));
  return { controls: custom.controls, warnings: [...custom.problems.map(say), ...custom.warnings] };
}

async function manifestsAt(path: string, cwd: string) {
  try {
    const { objects } = await readManifests({ path: resolve(cwd, path) });
    const policies = objects.filter(({ object }) => policyKinds.some((kind) => kind === object.kind));
    if (policies.length === 0)
      throw new BadInputError('--policies', `${path} has no ${policyKinds[0]} and no ${policyKinds[1]}`);
    return policies;
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    throw new BadInputError('--policies', error.message, { cause: error });
  }
}

/** `file:line: `, of the line of the expression where the message is about one. */
function placeOf(
  { object, path, line = 0 }: PolicyProblem,
  origin: Origin | undefined,
  lines: EvidenceLines,
  cwd: string,
): string {
  if (origin?.file === undefined) return '';
  const at = lines.lineOf(origin, refOf(object), { path });
  // The text of a block begins on the line behind its key.
  const isBlock = /[|>][+-]?\d?\s*(?:#.*)?$/.test(lines.textAt(origin.file, at));
  return `${shownFile(origin.file, cwd)}:${at + line + (isBlock ? 1 : 0)}: `;
}
