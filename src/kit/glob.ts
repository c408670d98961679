/**
 * Files that match a pattern as Go's `filepath.Glob` reads it: `*`, `?` and `[a-z]` within one part of the path. In order of
 * name; a folder that is not there gives nothing. Parts are separated by `/`.
 *
 * @param listFolder names in a folder
 * Source: https://pkg.go.dev/path/filepath#Match
 */
export function filesMatching(
  pattern: string,
  listFolder: (path: string) => readonly string[],
): readonly string[] {
  const parts = pattern.split('/').filter((part) => part !== '');
  let found = [pattern.startsWith('/') ? '/' : '.'];
  for (const part of parts) {
    const test = hasMeta(part) ? partTest(part) : undefined;
    found = found.flatMap((folder) => {
      const names = list(folder, listFolder);
      return (test === undefined ? names.filter((name) => name === part) : names.filter(test)).map((name) =>
        within(folder, name),
      );
    });
  }
  return found;
}

function within(folder: string, name: string): string {
  if (folder === '.') return name;
  const last = folder.slice(folder.lastIndexOf('/') + 1);
  if (name === '..' && folder !== '/' && last !== '..')
    return folder.slice(0, folder.lastIndexOf('/')) || (folder.startsWith('/') ? '/' : '.');
  return `${folder === '/' ? '' : folder}/${name}`;
}

function hasMeta(part: string): boolean {
  return /[*?[]/.test(part);
}

function list(folder: string, listFolder: (path: string) => readonly string[]): readonly string[] {
  try {
    return [...listFolder(folder), '..'].sort();
  } catch {
    return [];
  }
}

/** Walks pattern and name together, so that no pattern is slow. */
function partTest(pattern: string): (name: string) => boolean {
  const tokens = pattern.match(/\*|\?|\[[^\]]+\]|\\?./gs) ?? [];
  return (name) => {
    let states = new Set([0]);
    const close = (set: Set<number>) => {
      for (const at of set) if (tokens[at] === '*') set.add(at + 1);
      return set;
    };
    states = close(states);
    for (const char of name) {
      const next = new Set<number>();
      for (const at of states) {
        const token = tokens[at];
        if (token === '*') next.add(at);
        else if (token !== undefined && matchesToken(token, char)) next.add(at + 1);
      }
      states = close(next);
    }
    return states.has(tokens.length) && name !== '..';
  };
}

function matchesToken(token: string, char: string): boolean {
  if (token === '?') return true;
  if (!token.startsWith('[') || token.length < 3) return token.replace(/^\\/, '') === char;
  const isNegated = token[1] === '^';
  const ranges = token.slice(isNegated ? 2 : 1, -1).match(/.-.|./gs) ?? [];
  const isIn = ranges.some((range) =>
    range.length === 3 ? char >= (range[0] ?? '') && char <= (range[2] ?? '') : range === char,
  );
  return isIn !== isNegated;
}
