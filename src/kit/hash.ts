/**
 * 64-bit FNV-1a over the UTF-8 bytes of the parts, a 0xff byte after each, as 16 hexadecimal digits.
 * Prometheus and Alertmanager hash label sets this way: the parts are name, value, name, value, … in order of name.
 *
 * Source: https://pkg.go.dev/github.com/prometheus/common/model#LabelSet.Fingerprint
 */
export function fnv1a64(parts: readonly string[]): string {
  return hashOf(parts, false);
}

/** @param areBytes each character is one; else texts, of which a character is a byte as long as all are ASCII */
function hashOf(parts: readonly string[], areBytes: boolean): string {
  // 64 bits as four times 16, the lowest first: products stay small integers, which are fast before the code is optimised too.
  let a = 0x2325;
  let b = 0x8422;
  let c = 0x9ce4;
  let d = 0xcbf2;
  for (const part of parts) {
    for (let i = 0; i <= part.length; i++) {
      const byte = i === part.length ? 0xff : part.charCodeAt(i);
      if (byte > 0x7f && !areBytes && i < part.length) return hashOf(parts.map(bytesOf), true);
      const low = a ^ byte;
      // times 0x100000001b3 = 2^40 + 0x1b3, modulo 2^64
      const second = b * 0x1b3 + ((low * 0x1b3) >>> 16);
      const third = c * 0x1b3 + (low << 8) + (second >>> 16);
      d = (d * 0x1b3 + (b << 8) + (third >>> 16)) & 0xffff;
      a = (low * 0x1b3) & 0xffff;
      b = second & 0xffff;
      c = third & 0xffff;
    }
  }
  return hexOf(d, c, b, a);
}

/** In one call, as a text that is put together of pieces has to be made whole again before it is looked up. */
function hexOf(d: number, c: number, b: number, a: number): string {
  return String.fromCharCode(
    digit(d >> 12),
    digit(d >> 8),
    digit(d >> 4),
    digit(d),
    digit(c >> 12),
    digit(c >> 8),
    digit(c >> 4),
    digit(c),
    digit(b >> 12),
    digit(b >> 8),
    digit(b >> 4),
    digit(b),
    digit(a >> 12),
    digit(a >> 8),
    digit(a >> 4),
    digit(a),
  );
}

/** The character of the lowest four bits. */
function digit(bits: number): number {
  const value = bits & 0xf;
  return value < 10 ? 0x30 + value : 0x57 + value;
}

function bytesOf(text: string): string {
  let bytes = '';
  for (const byte of utf8.encode(text)) bytes += String.fromCharCode(byte);
  return bytes;
}

const utf8 = new TextEncoder();
