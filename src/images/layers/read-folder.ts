import type { Dirent } from 'node:fs';
import { lstat, open, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../kit/app-error.ts';
import type { AnalysisLimits } from '../limits.ts';
import type { LayerRecord } from './layer-record.ts';
import { below } from './paths.ts';
import { type FileReader, LimitReached, RecordBuilder } from './record-builder.ts';
import { headBytes } from './tar-reader.ts';

/** Below the root of a running system: what is there is no part of an installation. */
const notFiles = new Set(['/proc', '/sys', '/dev']);

/** Reads a folder as the root of a file system. Links are not followed while reading, so nothing outside of it is read. */
export async function readFolder(
  root: string,
  { readers, limits }: { readonly readers: readonly FileReader[]; readonly limits: AnalysisLimits },
): Promise<LayerRecord> {
  const builder = new RecordBuilder(readers, limits);
  const folders = ['/'];
  try {
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      builder.folder(folder);
      for (const item of await namesIn(root, folder, builder)) {
        const path = builder.place(below(folder, item.name).slice(1));
        if (path === undefined) continue;
        if (!item.isDirectory()) await readItem(root, path, item, builder);
        else if (!notFiles.has(path)) folders.push(path);
      }
    }
  } catch (error) {
    if (!(error instanceof LimitReached)) throw error;
    builder.partly(root, `the folder was not read to its end: ${error.message}`);
  }
  return builder.record('', 0);
}

async function namesIn(root: string, folder: string, builder: RecordBuilder): Promise<Dirent[]> {
  try {
    const items = await readdir(join(root, folder), { withFileTypes: true });
    return items.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    builder.partly(folder, `it cannot be read: ${messageOf(error)}`);
    return [];
  }
}

async function readItem(root: string, path: string, item: Dirent, builder: RecordBuilder): Promise<void> {
  const place = join(root, path);
  try {
    if (item.isSymbolicLink()) builder.link(path, await readlink(place));
    else if (item.isFile()) await readOne(place, path, builder);
    else builder.other(path);
  } catch (error) {
    if (error instanceof LimitReached) throw error;
    builder.partly(path, `it cannot be read: ${messageOf(error)}`);
  }
}

async function readOne(place: string, path: string, builder: RecordBuilder): Promise<void> {
  const { size, mode } = await lstat(place);
  const handle = await open(place, 'r');
  try {
    const head = Buffer.alloc(Math.min(headBytes, size));
    await handle.read(head, 0, head.length, 0);
    const file = { path, sizeBytes: size, mode: mode & 0o7777 };
    const wanting = builder.file(file, head);
    if (wanting.length > 0) builder.read(file, await handle.readFile(), wanting);
  } finally {
    await handle.close();
  }
}
