/**
 * 64-bit FNV-1a over the UTF-8 bytes of the parts, a 0xff byte after each, as 16 hexadecimal digits.
 * Prometheus and Alertmanager hash label sets this way: the parts are name, value, name, value, … in order of name.
 *
 * Source: https://pkg.go.dev/github.com/prometheus/common/model#LabelSet.Fingerprint
 */
export function fnv1a64(parts: readonly string[]): string {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  const add = (byte: number): void => {
    low = (low ^ byte) >>> 0;
    // times 0x100000001b3 = 2^40 + 0x1b3, modulo 2^64
    const lowTimes = low * 0x1b3;
    high = (Math.imul(high, 0x1b3) + Math.floor(lowTimes / 0x1_0000_0000) + (low << 8)) >>> 0;
    low = lowTimes >>> 0;
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
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}

const utf8 = new TextEncoder();
