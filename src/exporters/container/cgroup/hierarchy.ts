import { existsSync } from 'node:fs';
import { NoDataError } from '../../node/collector.ts';
import { namesIn } from '../../node/host-files.ts';

/** Controllers of version 1 that are read. */
export const controllers = ['cpu', 'cpuacct', 'memory', 'pids', 'blkio'] as const;
export type Controller = (typeof controllers)[number];

/** Where the kernel shows cgroups. */
export type Hierarchy =
  | { readonly version: 2; readonly root: string }
  | { readonly version: 1; readonly roots: ReadonlyMap<Controller, string> };

/**
 * Finds the cgroups below `<sysfs>/fs/cgroup`. Where both versions are mounted, version 1 has the controllers.
 *
 * @throws {NoDataError} where there are none.
 */
export function findHierarchy(sysfs: string): Hierarchy {
  const root = `${sysfs}/fs/cgroup`;
  if (existsSync(`${root}/cgroup.controllers`)) return { version: 2, root };
  const roots = new Map<Controller, string>();
  for (const name of namesIn(root) ?? []) {
    // `cpu,cpuacct` has links to it from `cpu` and `cpuacct`; any of these names will do.
    for (const controller of controllers)
      if (!roots.has(controller) && name.split(',').includes(controller))
        roots.set(controller, `${root}/${name}`);
  }
  if (roots.size === 0) throw new NoDataError(`${root} has no cgroups, of version 1 or 2`);
  return { version: 1, roots };
}

/** The folders that hold the hierarchies, each once. */
export function foldersOf(hierarchy: Hierarchy): readonly string[] {
  return hierarchy.version === 2 ? [hierarchy.root] : [...new Set(hierarchy.roots.values())];
}
