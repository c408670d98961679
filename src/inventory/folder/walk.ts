import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../kit/app-error.ts';
import type { FileProblem } from './problem.ts';

export interface FolderContent {
  /** Manifests, relative to the root with `/`, in order. */
  readonly files: readonly string[];
  /** Folders, relative to the root, '' for the root itself, with their real paths. */
  readonly folders: ReadonlyMap<string, string>;
  readonly problems: readonly FileProblem[];
}

/** More would be a mistake, such as the root of a disk. */
const mostEntries = 200_000;

/** Whether a file of this name is read at all. */
export function isManifestName(name: string): boolean {
  return !name.startsWith('.') && /\.(?:ya?ml|json)$/i.test(name);
}

/** Whether a folder of this name is looked into. */
export function isFolderName(name: string): boolean {
  return !name.startsWith('.') && name !== 'node_modules';
}

/**
 * Lists the manifests at and below `from` (relative to `root`). Links are followed, each real folder once, so that
 * loops end; `known` are real paths that are looked into elsewhere. The templates of Helm charts are left out and said to be: they are no manifests until rendered.
 *
 * @throws when the folder `from` itself cannot be listed.
 */
export async function walkFolder(
  root: string,
  from = '',
  known: Iterable<string> = [],
): Promise<FolderContent> {
  const files: string[] = [];
  const folders = new Map<string, string>();
  const problems: FileProblem[] = [];
  const seen = new Set<string>(known);
  const warn = (file: string, message: string): void =>
    void problems.push({ severity: 'warning', file, line: 1, column: 1, message });

  const visit = async (folder: string): Promise<void> => {
    const real = await realpath(join(root, folder));
    if (seen.has(real)) return;
    seen.add(real);
    const entries = await readdir(join(root, folder), { withFileTypes: true });
    folders.set(folder, real);
    const isChart = entries.some((entry) => entry.name === 'Chart.yaml');
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (files.length + folders.size >= mostEntries) return;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      const kind = entry.isSymbolicLink() ? await kindOf(join(root, path)) : entry;
      if (kind === undefined) continue;
      if (kind.isFile() && isManifestName(entry.name)) files.push(path);
      else if (kind.isDirectory() && isFolderName(entry.name)) {
        if (isChart && entry.name === 'templates')
          warn(
            `${folder === '' ? '' : `${folder}/`}Chart.yaml`,
            'is a Helm chart: its templates are not judged until rendered (helm template)',
          );
        else await visitChild(path);
      }
    }
  };
  const visitChild = async (folder: string): Promise<void> => {
    try {
      await visit(folder);
    } catch (error) {
      const message = `this folder cannot be read: ${messageOf(error)}`;
      problems.push({ severity: 'error', file: folder, line: 1, column: 1, message });
    }
  };
  await visit(from);
  if (files.length + folders.size >= mostEntries)
    warn('.', `has more than ${mostEntries} files and folders; the rest is not read. Give a smaller folder`);
  return { files: files.sort(byPath), folders, problems };
}

/** Order of paths that does not depend on the machine's language. */
export function byPath(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function kindOf(path: string): Promise<{ isFile(): boolean; isDirectory(): boolean } | undefined> {
  return await stat(path).catch(() => undefined);
}
