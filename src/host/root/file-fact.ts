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

export interface FilesWanted {
  readonly suffixes: readonly string[];
  /** More are an obstacle, as a part of them would look like all. */
  readonly most: number;
}

/** All files of a folder and of its sub-folders whose names end so. */
export async function fileFactsBelow(
  host: Host,
  folder: string,
  { suffixes, most }: FilesWanted,
): Promise<Reading<readonly HostFileFact[]>> {
  const paths = await pathsBelow(host, folder, mostDepth);
  if ('obstacle' in paths) return paths;
  const wanted = paths.value.filter((path) => suffixes.some((suffix) => path.endsWith(suffix)));
  if (wanted.length > most)
    return { obstacle: 'too-large', reason: `${folder}: has more than ${most} files` };
  const facts: HostFileFact[] = [];
  for (const path of wanted) {
    const fact = await fileFact(host, path);
    if ('value' in fact) facts.push(fact.value);
    else if (fact.obstacle !== 'absent') return fact;
  }
  return { value: facts };
}

async function pathsBelow(host: Host, folder: string, depth: number): Promise<Reading<readonly string[]>> {
  const entries = await entriesOf(host, folder);
  if ('obstacle' in entries) return entries;
  const paths: string[] = [];
  for (const { path, isFolder } of entries.value) {
    if (!isFolder) paths.push(path);
    else if (depth > 0) {
      const below = await pathsBelow(host, path, depth - 1);
      if ('obstacle' in below) return below;
      paths.push(...below.value);
    }
  }
  return { value: paths };
}

/** Folders in each other that are looked into: a folder that links to itself has no end. */
const mostDepth = 4;

interface FolderEntry {
  readonly path: string;
  readonly isFolder: boolean;
}

/** What is in a folder. A link to nowhere is nothing. */
async function entriesOf({ files }: Host, folder: string): Promise<Reading<readonly FolderEntry[]>> {
  const names = await files.list(folder);
  if ('obstacle' in names) return names;
  const entries: FolderEntry[] = [];
  for (const name of names.value) {
    const path = `${folder}/${name}`;
    const state = await files.stat(path);
    if ('value' in state) entries.push({ path, isFolder: state.value.isFolder });
    else if (state.obstacle !== 'absent') return state;
  }
  return { value: entries };
}
