import type { HostFileFact } from '../../model/host.ts';
import type { Host } from '../host.ts';
import type { Reading } from './reading.ts';

/** Owner and rights of a file or folder. What is in it is not read: private keys are only looked at so. */
export async function fileFact({ files, accounts }: Host, path: string): Promise<Reading<HostFileFact>> {
  const read = await files.stat(path);
  if ('obstacle' in read) return read;
  const { mode, uid, gid } = read.value;
  const username = accounts.users.get(uid) ?? '';
  const groupname = accounts.groups.get(gid) ?? '';
  return { value: { path, permissions: mode, ownership: { uid, gid, username, groupname } } };
}

/** As {@link fileFact}, of the first of these that is there. What cannot be read is there. */
export async function firstFileFact(
  host: Host,
  paths: readonly string[],
): Promise<Reading<HostFileFact> | undefined> {
  for (const path of paths) {
    const fact = await fileFact(host, path);
    if (!('obstacle' in fact) || fact.obstacle !== 'absent') return fact;
  }
  return undefined;
}

/** All files of a folder and of its sub-folders. */
export async function fileFactsBelow(
  host: Host,
  folder: string,
  { suffixes, most }: { readonly suffixes: readonly string[]; readonly most: number },
): Promise<Reading<readonly HostFileFact[]>> {
  const facts: HostFileFact[] = [];
  const folders = [{ path: folder, depth: 0 }];
  for (let at = folders.shift(); at !== undefined; at = folders.shift()) {
    const names = await host.files.list(at.path);
    if ('obstacle' in names) return names;
    for (const name of names.value) {
      const path = `${at.path}/${name}`;
      const state = await host.files.stat(path);
      if ('obstacle' in state) {
        // A link to nowhere is no file.
        if (state.obstacle === 'absent') continue;
        return state;
      }
      if (state.value.isFolder) {
        if (at.depth < mostDepth) folders.push({ path, depth: at.depth + 1 });
        continue;
      }
      if (!suffixes.some((suffix) => name.endsWith(suffix))) continue;
      if (facts.length === most)
        return { obstacle: 'too-large', reason: `${folder}: has more than ${most} files` };
      const fact = await fileFact(host, path);
      if ('value' in fact) facts.push(fact.value);
      else if (fact.obstacle !== 'absent') return fact;
    }
  }
  return { value: facts };
}

/** Folders in each other that are looked into: a folder that links to itself has no end. */
const mostDepth = 4;
