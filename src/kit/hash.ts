/**
 * 64-bit FNV-1a over the UTF-8 bytes of the parts, a 0xff byte after each, as 16 hexadecimal digits.
 * Prometheus and Alertmanager hash label sets this way: the parts are name, value, name, value, … in order of name.
 *
 * Source: https://pkg.go.dev/github.com/prometheus/common/model#LabelSet.Fingerprint
 */
export function fnv1a64(parts: readonly string[]): string {
  // 64 bits as four times 16, the lowest first: products stay small integers, which are fast before the code is optimised too.
  let a = 0x2325;
  let b = 0x8422;
  let c = 0x9ce4;
  let d = 0xcbf2;
  const add = (byte: number): void => {
    const low = a ^ byte;
    // times 0x100000001b3 = 2^40 + 0x1b3, modulo 2^64
    const second = b * 0x1b3 + ((low * 0x1b3) >>> 16);
    const third = c * 0x1b3 + (low << 8) + (second >>> 16);
    d = (d * 0x1b3 + (b << 8) + (third >>> 16)) & 0xffff;
    a = (low * 0x1b3) & 0xffff;
    b = second & 0xffff;
    c = third & 0xffff;
  };
  for (const part of parts) {
    for (let i = 0; i < part.length; i++) {
      const code = part.charCodeAt(i);
      if (code < 0x80) {
        add(code);
        continue;
      }
      // The rest is not ASCII alone, so its bytes have to be asked for.
      for (const byte of utf8.encode(part.slice(i))) add(byte);
      break;
    }
    add(0xff);
  }
  return [d, c, b, a].map((bits) => bits.toString(16).padStart(4, '0')).join('');
}

const utf8 = new TextEncoder();
