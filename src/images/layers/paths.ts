/**
 * An absolute path without `.`, `..` and empty parts, of one as an archive spells it. Undefined for one that leads out of the
 * archive's root.
 */
export function normalPath(name: string): string | undefined {
  // Nearly all are well spelt.
  if (plain.test(name)) return `/${name}`;
  const parts: string[] = [];
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (parts.pop() === undefined) return undefined;
    } else parts.push(part);
  }
  return `/${parts.join('/')}`;
}

const plain = /^(?:[^/.][^/]*)(?:\/[^/.][^/]*)*$/;

/** The folder that a path is in; `/` for `/`. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? '/' : path.slice(0, slash);
}

/** The last part of a path; empty for `/`. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A name within a folder. */
export function below(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`;
}

/** How many parts it has. */
export function depthOf(path: string): number {
  let depth = 0;
  for (let i = 0; i < path.length; i++) if (path.charCodeAt(i) === 0x2f) depth++;
  return depth;
}
