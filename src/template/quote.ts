/** Go's string literals, written and read. Source: https://pkg.go.dev/strconv#Quote, https://go.dev/ref/spec#String_literals */

const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;
const letters: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

/** A text in double quotes as Go's `%q` writes it; `ascii` as `%+q`. */
export function quote(text: string, ascii = false): string {
  return quoteWith(text, '"', ascii);
}

/** A character in single quotes, as `%q` writes an int. */
export function quoteRune(code: number, ascii = false): string {
  const isValid = code >= 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return quoteWith(String.fromCodePoint(isValid ? code : 0xfffd), "'", ascii);
}

function quoteWith(text: string, mark: string, ascii: boolean): string {
  let out = mark;
  for (const char of text) out += quoteChar(char, mark, ascii);
  return out + mark;
}

function quoteChar(char: string, mark: string, ascii: boolean): string {
  if (char === mark || char === '\\') return `\\${char}`;
  const code = char.codePointAt(0) ?? 0;
  // Half of a surrogate pair cannot be in a Go string: it would have come as the replacement character.
  const isLone = code >= 0xd800 && code <= 0xdfff;
  if (!isLone && isPrintable(char) && (!ascii || code < 0x7f)) return char;
  const letter = letters[char];
  if (letter !== undefined) return letter;
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`;
  const shown = isLone ? 0xfffd : code;
  return shown > 0xffff
    ? `\\U${shown.toString(16).padStart(8, '0')}`
    : `\\u${shown.toString(16).padStart(4, '0')}`;
}

/** Whether Go prints the character as it is within quotes. */
export function isPrintable(char: string): boolean {
  return printable.test(char);
}

const escapeForm =
  /\\(?:([abfnrtv\\"'])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|[\s\S]|$)/g;
const meaning: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** The text of a literal in double quotes, single quotes or backquotes; undefined when it is not a valid one. */
export function unquote(literal: string): string | undefined {
  const mark = literal[0];
  const inner = literal.slice(1, -1);
  if (mark === '`') return inner.replaceAll('\r', '');
  if (!inner.includes('\\')) return inner;
  // `\xNN` and `\NNN` are bytes, several of which make a character: the text is put together from bytes.
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  let last = 0;
  for (const match of inner.matchAll(escapeForm)) {
    bytes.push(...encoder.encode(inner.slice(last, match.index)));
    const read = readEscape(match, mark);
    if (read === undefined) return undefined;
    if (typeof read === 'number') bytes.push(read);
    else bytes.push(...encoder.encode(read));
    last = match.index + match[0].length;
  }
  bytes.push(...encoder.encode(inner.slice(last)));
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(new Uint8Array(bytes));
}

/** One escape: a byte, a text, or undefined when it is not one. */
function readEscape(match: RegExpExecArray, mark: string | undefined): number | string | undefined {
  const [, letter, hex, short, long, octal] = match;
  if (letter !== undefined) {
    if ((letter === '"' || letter === "'") && letter !== mark) return undefined;
    return meaning[letter] ?? letter;
  }
  if (hex !== undefined) return Number.parseInt(hex, 16);
  if (octal !== undefined) {
    const byte = Number.parseInt(octal, 8);
    return byte > 255 ? undefined : byte;
  }
  const digits = short ?? long;
  if (digits === undefined) return undefined;
  const code = Number.parseInt(digits, 16);
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined;
  return String.fromCodePoint(code);
}
