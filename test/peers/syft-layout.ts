import type { Files } from '../support/cataloged.ts';
import { pax, type TarFile } from '../support/tar.ts';

/** Files as a layer has them: with their folders, programs executable, and long names in headers of their own. */
export function longTar(files: Files): TarFile[] {
  const folders = new Set<string>();
  return Object.entries(files)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([path, content]): TarFile[] => [
      ...foldersOf(path)
        .filter((folder) => !folders.has(folder) && folders.add(folder))
        .flatMap((folder) => named({ name: `${folder}/`, type: '5', mode: 0o755 })),
      ...named({ name: path.slice(1), content, mode: 0o755 }),
    ]);
}

function named(file: TarFile): TarFile[] {
  return file.name.length < 100
    ? [file]
    : [pax({ path: file.name }), { ...file, name: file.name.slice(-99) }];
}

function foldersOf(path: string): string[] {
  const parts = path.slice(1).split('/').slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
}
