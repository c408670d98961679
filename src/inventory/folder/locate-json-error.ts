const token =
  /[ \t\r\n]+|"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null|[{}[\],:]/y;

type Wanted = 'a value' | 'a value or ]' | 'a key' | 'a key or }' | ':' | ', or }' | ', or ]' | 'the end';

/**
 * Where a text stops being JSON, and what should be there. The engine's own message names no place in most cases, and
 * quotes the text, which may be secret.
 *
 * @returns the offset and what was wanted there; undefined when the text is valid.
 */
export function locateJsonError(
  text: string,
): { readonly offset: number; readonly wanted: string } | undefined {
  const open: ('{' | '[')[] = [];
  let wanted: Wanted = 'a value';
  for (let offset = 0; offset < text.length; ) {
    token.lastIndex = offset;
    const found = token.exec(text)?.[0];
    if (found === undefined) return { offset, wanted };
    if (!/^\s/.test(found)) {
      const next = after(found, wanted, open);
      if (next === undefined) return { offset, wanted };
      wanted = next;
    }
    offset += found.length;
  }
  return wanted === 'the end' ? undefined : { offset: text.length, wanted };
}

/** What is wanted after the token, or undefined when it may not stand here. Keeps `open` up to date. */
function after(found: string, wanted: Wanted, open: ('{' | '[')[]): Wanted | undefined {
  const closed = (): Wanted => (open.length === 0 ? 'the end' : open.at(-1) === '{' ? ', or }' : ', or ]');
  const isValue = wanted === 'a value' || wanted === 'a value or ]';
  switch (found) {
    case '{':
    case '[':
      if (!isValue) return undefined;
      open.push(found);
      return found === '{' ? 'a key or }' : 'a value or ]';
    case '}':
    case ']':
      if (!wanted.endsWith(`or ${found}`)) return undefined;
      open.pop();
      return closed();
    case ',':
      if (!wanted.startsWith(', ')) return undefined;
      return open.at(-1) === '{' ? 'a key' : 'a value';
    case ':':
      return wanted === ':' ? 'a value' : undefined;
    default:
      if (isValue) return closed();
      return wanted.startsWith('a key') && found.startsWith('"') ? ':' : undefined;
  }
}
