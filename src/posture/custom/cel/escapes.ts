const simple: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '?': '?',
  '"': '"',
  "'": "'",
  '`': '`',
};

const escapePattern =
  /\\(?:[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|([\s\S]))/g;

/** The text or the bytes that the inside of a literal stands for. In bytes `\x` and octal give a byte, in text a code point. */
export function readEscapes(
  body: string,
  isBytes: boolean,
  fail: (message: string, offset: number) => never,
): string | Uint8Array {
  const out: (string | number)[] = [];
  let from = 0;
  for (const match of body.matchAll(escapePattern)) {
    const [whole, hex, short, long, octal, char = ''] = match;
    out.push(body.slice(from, match.index));
    from = match.index + whole.length;
    const digits = hex ?? short ?? long;
    const point = digits === undefined ? Number.parseInt(octal ?? '', 8) : Number.parseInt(digits, 16);
    if (Number.isNaN(point)) {
      const known = simple[char];
      out.push(known ?? fail(`unknown escape \\${char}`, match.index));
    } else if (isBytes && (hex !== undefined || octal !== undefined)) out.push(point);
    else if (isBytes) fail('Unicode escapes are not allowed in bytes', match.index);
    else if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) fail('no code point', match.index);
    else out.push(String.fromCodePoint(point));
  }
  out.push(body.slice(from));
  if (!isBytes) return out.join('');
  const encoder = new TextEncoder();
  return Uint8Array.from(out.flatMap((one) => (typeof one === 'number' ? [one] : [...encoder.encode(one)])));
}
