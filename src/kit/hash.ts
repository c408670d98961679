/**
 * 64-bit FNV-1a over the UTF-8 bytes of the parts, a 0xff byte after each, as 16 hexadecimal digits.
 * Prometheus and Alertmanager hash label sets this way: the parts are name, value, name, value, … in order of name.
 *
 * Source: https://pkg.go.dev/github.com/prometheus/common/model#LabelSet.Fingerprint
 */
export function fnv1a64(parts: readonly string[]): string {
  let joined = '';
  for (const part of parts) joined += `${part}\u00ff`;
  return fnv1a64OfJoined(joined, parts.length) ?? hashOf(bytesOf(parts));
}

/**
 * The same of parts that are one text already, a U+00FF after each: undefined unless all else in it is ASCII, so that the text's
 * characters are the bytes to be hashed.
 */
export function fnv1a64OfJoined(joined: string, parts: number): string | undefined {
  let ends = 0;
  for (let i = 0; i < joined.length; i++) {
    const code = joined.charCodeAt(i);
    if (code < 0x80) continue;
    if (code !== 0xff) return undefined;
    ends++;
  }
  return ends === parts ? hashOf(joined) : undefined;
}

/** @param bytes one in each character */
function hashOf(bytes: string): string {
  // 64 bits as four times 16, the lowest first: products stay small integers, which are fast before the code is optimised too.
  let a = 0x2325;
  let b = 0x8422;
  let c = 0x9ce4;
  let d = 0xcbf2;
  for (let i = 0; i < bytes.length; i++) {
    const low = a ^ bytes.charCodeAt(i);
    // times 0x100000001b3 = 2^40 + 0x1b3, modulo 2^64
    const second = b * 0x1b3 + ((low * 0x1b3) >>> 16);
    const third = c * 0x1b3 + (low << 8) + (second >>> 16);
    d = (d * 0x1b3 + (b << 8) + (third >>> 16)) & 0xffff;
    a = (low * 0x1b3) & 0xffff;
    b = second & 0xffff;
    c = third & 0xffff;
  }
  return hex(d) + hex(c) + hex(b) + hex(a);
}

function hex(bits: number): string {
  return bits.toString(16).padStart(4, '0');
}

function bytesOf(parts: readonly string[]): string {
  let bytes = '';
  for (const part of parts) {
    for (const byte of utf8.encode(part)) bytes += String.fromCharCode(byte);
    bytes += '\u00ff';
  }
  return bytes;
}

const utf8 = new TextEncoder();
