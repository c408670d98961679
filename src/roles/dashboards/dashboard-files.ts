import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Dashboard } from '../../dashboards/dashboard.ts';
import { readDashboard } from '../../dashboards/read-dashboard.ts';
import { messageOf } from '../../kit/app-error.ts';

/** Bounds of what is read from one folder: files, their size, how deep folders may be in each other. */
export const bounds = { files: 500, fileBytes: 2 * 1024 * 1024, depth: 4 } as const;

/** A file that may be a dashboard. */
export interface FoundFile {
  readonly path: string;
  /** Below the folder that was asked for. */
  readonly file: string;
  readonly bytes: number;
  /** Other than before when the file was written anew. */
  readonly mark: string;
}

export interface FileProblem {
  readonly file: string;
  readonly message: string;
}

export interface FoundFiles {
  readonly files: readonly FoundFile[];
  readonly problems: readonly FileProblem[];
}

/** The JSON files under a folder, in order of their names. Hidden ones are passed over: mounted ConfigMaps have such. */
export async function findFiles(folder: string): Promise<FoundFiles> {
  const files: FoundFile[] = [];
  const problems: FileProblem[] = [];
  async function walk(at: string, depth: number): Promise<void> {
    const names = await readdir(at).catch((error: unknown) => {
      problems.push({ file: at, message: `cannot be read: ${messageOf(error)}` });
      return [];
    });
    for (const name of names.filter((each) => !each.startsWith('.')).sort()) {
      const path = join(at, name);
      const facts = await stat(path).catch(() => undefined);
      if (facts?.isDirectory() === true && depth < bounds.depth) await walk(path, depth + 1);
      if (facts?.isFile() !== true || !name.endsWith('.json')) continue;
      if (files.length === bounds.files) {
        problems.push({
          file: folder,
          message: `more than ${bounds.files} files: ${path} and others are left out`,
        });
        return;
      }
      const mark = `${facts.mtimeMs} ${facts.size} ${facts.ino}`;
      files.push({ path, file: relative(folder, path), bytes: facts.size, mark });
    }
  }
  await walk(folder, 0);
  return { files, problems };
}

/**
 * One file, as it is and understood.
 *
 * @throws {Error} saying what is wrong with it.
 */
export async function readDashboardFile({
  path,
  bytes,
}: FoundFile): Promise<{ text: string; dashboard: Dashboard }> {
  if (bytes > bounds.fileBytes)
    throw new Error(`${bytes} bytes; dashboards of up to ${bounds.fileBytes} are read`);
  const text = await readFile(path, 'utf8');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Error(`this is not JSON: ${messageOf(error)}`, { cause: error });
  }
  return { text, dashboard: readDashboard(json) };
}
