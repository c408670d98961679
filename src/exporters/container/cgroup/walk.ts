import { readdirSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { type CgroupOwner, ownerOf } from './cgroup-path.ts';
import { foldersOf, type Hierarchy } from './hierarchy.ts';

/** A cgroup that is told about. */
export interface FoundCgroup {
  /** Below the root of its hierarchy: `/` or `/a/b`. */
  readonly path: string;
  readonly owner: CgroupOwner;
}

export interface Walk {
  readonly found: readonly FoundCgroup[];
  /** Whether there were more than may be told about. */
  readonly isCut: boolean;
}

export interface WalkLimits {
  /** How many cgroups are told about. */
  readonly found: number;
  /** How many are looked at. */
  readonly seen: number;
  readonly depth: number;
}

/** Others get a turn after so many folders. */
const foldersPerTurn = 100;

/**
 * All cgroups that are told about, each once, however many hierarchies it is in: the root, slices of the machine and of the kubelet,
 * pods and containers. Those that vanish meanwhile are left out.
 */
export async function walkCgroups(
  hierarchy: Hierarchy,
  limits: WalkLimits,
  signal: AbortSignal,
): Promise<Walk> {
  const found = new Map<string, FoundCgroup>([['/', { path: '/', owner: ownerOf('/') }]]);
  const count = { seen: 0, left: 0 };
  for (const root of foldersOf(hierarchy))
    for (const path of pathsBelow(root, limits, count)) {
      if (count.seen % foldersPerTurn === 0) await turn(undefined, { signal });
      const owner = ownerOf(path);
      if (owner.kind === 'inner' || found.has(path)) continue;
      if (found.size < limits.found) found.set(path, { path, owner });
      else count.left++;
    }
  return { found: [...found.values()], isCut: count.left > 0 || count.seen > limits.seen };
}

/** Paths of all folders below one root, parents first; no more than may be looked at. */
function* pathsBelow(root: string, { depth, seen }: WalkLimits, count: { seen: number }): Generator<string> {
  const open = [''];
  for (let parent = open.pop(); parent !== undefined; parent = open.pop())
    for (const name of foldersIn(root + parent)) {
      if (++count.seen > seen) return;
      const path = `${parent}/${name}`;
      yield path;
      if (path.split('/').length <= depth) open.push(path);
    }
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}
