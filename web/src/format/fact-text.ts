/** Facts of a node for people: modes of files as `0644`, and files that came as base64 in clear. */
export function factText(data: unknown): string {
  if (typeof data === 'string') return data;
  return JSON.stringify(data, shown, 2) ?? '';
}

function shown(key: string, value: unknown): unknown {
  if (key === 'permissions' && typeof value === 'number') return `0${value.toString(8)}`;
  if (key === 'content' && typeof value === 'string') return decoded(value);
  return value;
}

function decoded(content: string): unknown {
  try {
    const text = new TextDecoder().decode(Uint8Array.from(atob(content), (char) => char.charCodeAt(0)));
    return JSON.parse(text);
  } catch {
    return content;
  }
}
