import { resolve } from 'node:path';
import type { Inventory } from '../../inventory/inventory.ts';
import { earlierVersion } from '../../inventory/render/git-revision.ts';
import { BadInputError } from '../../kit/app-error.ts';
import { readTarget, type Target, type TargetOptions, toolOptions } from './read-target.ts';

/** @throws {BadInputError} for a target that has no history. */
export function checkHasHistory({ target }: Pick<TargetOptions, 'target'>): void {
  if (target === '-' || target === 'cluster')
    throw new BadInputError('--changed-since', `is for files of a git working tree, not for ${target}`);
}

/**
 * Gives the target as it was where the branch left a revision, undefined when it was not there; what was laid out for it is
 * taken away afterwards.
 *
 * @throws {BadInputError} for a target that is in no git working tree, and for what did not parse then.
 */
export async function withEarlier<Result>(
  options: TargetOptions,
  revision: string,
  work: (earlier: Target | undefined, commit: string) => Promise<Result>,
): Promise<Result> {
  const { target, cwd } = options;
  const earlier = await earlierVersion(resolve(cwd, target), revision, toolOptions(options));
  try {
    const then =
      earlier.path === undefined ? undefined : await readEarlier({ ...options, target: earlier.path });
    return await work(then, earlier.commit);
  } finally {
    await earlier.remove();
  }
}

/** A folder that had no manifest then is like one that was not there. */
async function readEarlier(options: TargetOptions): Promise<Target | undefined> {
  try {
    return await readTarget(options);
  } catch (error) {
    if (error instanceof BadInputError && error.message.startsWith('no Kubernetes object')) return undefined;
    throw error;
  }
}

/** Objects that were not there before, or are other than before. */
export function changedKeys(now: Inventory, before: Inventory | undefined): readonly string[] {
  const text = (inventory: Inventory | undefined, key: string) => JSON.stringify(inventory?.object(key));
  return [...now.keys()].filter((key) => text(now, key) !== text(before, key));
}
