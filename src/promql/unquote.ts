const simpleEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

const escapes = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([\s\S]?))/g;

/**
 * The text of a quoted string: Go's escapes in single and double quotes, none in back quotes. Bytes written as `\xff`
 * or `\377` are read as UTF-8; a text that is not UTF-8 gets lone surrogates in place of its bytes above 0x7f, so that it is no valid name.
 * Undefined when an escape is unknown.
 */
export function unquote(quoted: string): string | undefined {
  const inner = quoted.slice(1, -1);
  if (quoted[0] === '`' || !inner.includes('\\')) return inner;
  const out: number[] = [];
  let from = 0;
  for (const match of inner.matchAll(escapes)) {
    pushText(out, inner.slice(from, match.index));
    from = match.index + match[0].length;
    const [, hex, short, long, octal, simple = ''] = match;
    if (hex !== undefined) out.push(Number.parseInt(hex, 16));
    else if (octal !== undefined && Number.parseInt(octal, 8) < 256) out.push(Number.parseInt(octal, 8));
    else if (short !== undefined || long !== undefined) {
      const code = Number.parseInt(short ?? long ?? '', 16);
      if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return undefined;
      pushText(out, String.fromCodePoint(code));
    } else {
      const plain = simpleEscapes[simple];
      const otherQuote = quoted[0] === '"' ? "'" : '"';
      if (plain === undefined || simple === otherQuote) return undefined;
      pushText(out, plain);
    }
  }
  pushText(out, inner.slice(from));
  const bytes = Uint8Array.from(out);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return String.fromCharCode(...out.map((byte) => (byte < 0x80 ? byte : 0xdc00 + byte)));
  }
}

function pushText(out: number[], text: string): void {
  for (const byte of new TextEncoder().encode(text)) out.push(byte);
}

/** A text in double quotes with Go's escapes. */
export function quote(text: string): string {
  let out = '"';
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (char === '"' || char === '\\') out += `\\${char}`;
    else if (char === '\n') out += '\\n';
    else if (char === '\t') out += '\\t';
    else if (char === '\r') out += '\\r';
    else if (code < 0x20 || code === 0x7f) out += `\\x${code.toString(16).padStart(2, '0')}`;
    else out += char;
  }
  return `${out}"`;
}
