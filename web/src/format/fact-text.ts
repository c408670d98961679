/** Facts of a node for people: files in a line each, with rights as `0644`; those that came as base64 in clear. */
export function factText(data: unknown): string {
  if (typeof data === 'string') return data;
  return JSON.stringify(data, shown, 2) ?? '';
}

function shown(key: string, value: unknown): unknown {
  if (key === 'content' && typeof value === 'string') return decoded(value);
  if (!isFile(value)) return value;
  const { path, permissions, ownership, content } = value;
  const owner = `${ownership.username || ownership.uid}:${ownership.groupname || ownership.gid}`;
  const file = `${path} 0${permissions.toString(8)} ${owner}`;
  return content === undefined ? file : { file, content };
}

interface ShownFile {
  readonly path: string;
  readonly permissions: number;
  readonly ownership: {
    readonly uid: number;
    readonly gid: number;
    readonly username: string;
    readonly groupname: string;
  };
  readonly content?: string;
}

function isFile(value: unknown): value is ShownFile {
  const file = value as Partial<ShownFile> | null;
  return (
    typeof file === 'object' &&
    file !== null &&
    typeof file.path === 'string' &&
    typeof file.permissions === 'number' &&
    typeof file.ownership === 'object'
  );
}

function decoded(content: string): unknown {
  try {
    const text = new TextDecoder().decode(Uint8Array.from(atob(content), (char) => char.charCodeAt(0)));
    return JSON.parse(text);
  } catch {
    return content;
  }
}
