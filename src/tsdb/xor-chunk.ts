/**
 * Reads Gorilla chunks as Prometheus lays them out: two bytes with the number of samples, then bits. `xor-appender.ts` writes them.
 *
 * Source: https://github.com/prometheus/prometheus/blob/main/tsdb/docs/format/chunks.md (XOR chunk data)
 */

import { DamageError } from './damage.ts';

/** How many samples the chunk at `base` holds. */
export function sampleCount(bytes: Uint8Array, base: number): number {
  return ((bytes[base] as number) << 8) | (bytes[base + 1] as number);
}

/**
 * Decodes the whole chunk in `bytes[base … end)` to `timesMs[at…]` and the doubles whose 32-bit words are `words` (low word
 * first, index 2·i). Returns the number of samples.
 *
 * @throws {DamageError} when the samples reach past the end.
 */
export function decodeXor(
  bytes: Uint8Array,
  base: number,
  end: number,
  out: { readonly timesMs: Float64Array; readonly words: Uint32Array },
  at: number,
): number {
  if (end - base < 2) throw new DamageError('a chunk is too short');
  const count = sampleCount(bytes, base);
  if (count === 0) return 0;
  const { timesMs, words } = out;
  const endBit = end * 8;
  const head = readVarint(bytes, base + 2, end);
  let timeMs = head.value % 2 === 0 ? head.value / 2 : -(head.value + 1) / 2;
  let bit = head.next * 8;
  let high = peek32(bytes, bit);
  let low = peek32(bytes, bit + 32);
  bit += 64;
  let deltaMs = 0;
  let trailing = 0;
  let size = 0;
  timesMs[at] = timeMs;
  words[at * 2] = low;
  words[at * 2 + 1] = high;
  for (let i = 1; i < count; i++) {
    let word: number;
    if (i === 1) {
      // A number of whole bytes, but not at the start of a byte.
      let scale = 1;
      let byte: number;
      do {
        byte = peek32(bytes, bit) >>> 24;
        deltaMs += (byte & 0x7f) * scale;
        scale *= 0x80;
        bit += 8;
      } while (byte >= 0x80 && bit < endBit);
      word = peek32(bytes, bit);
    } else {
      word = peek32(bytes, bit);
      if (word >= 0) {
        bit++;
        word <<= 1;
      } else {
        if ((word & 0x4000_0000) === 0) {
          const dod = (word << 2) >>> 18;
          deltaMs += dod > 8192 ? dod - 16_384 : dod;
          bit += 16;
        } else if ((word & 0x2000_0000) === 0) {
          const dod = (word << 3) >>> 15;
          deltaMs += dod > 65_536 ? dod - 131_072 : dod;
          bit += 20;
        } else if ((word & 0x1000_0000) === 0) {
          const dod = (word << 4) >>> 12;
          deltaMs += dod > 524_288 ? dod - 1_048_576 : dod;
          bit += 24;
        } else {
          deltaMs += peek32(bytes, bit + 4) * 0x1_0000_0000 + (peek32(bytes, bit + 36) >>> 0);
          bit += 68;
        }
        word = peek32(bytes, bit);
      }
    }
    timeMs += deltaMs;
    if (word >= 0) bit++;
    else {
      if ((word & 0x4000_0000) === 0) bit += 2;
      else {
        const leading = (peek32(bytes, bit) >>> 25) & 31;
        size = (peek32(bytes, bit) >>> 19) & 63 || 64;
        trailing = 64 - leading - size;
        if (trailing < 0) throw new DamageError('a value has more than 64 bits');
        bit += 13;
      }
      if (size <= 32) {
        const window = size === 0 ? 0 : peek32(bytes, bit) >>> (32 - size);
        if (trailing >= 32) high ^= window << (trailing - 32);
        else if (trailing > 0) {
          high ^= window >>> (32 - trailing);
          low ^= window << trailing;
        } else low ^= window;
      } else {
        const windowHigh = peek32(bytes, bit) >>> (64 - size);
        const windowLow = peek32(bytes, bit + size - 32);
        if (trailing > 0) {
          high ^= (windowHigh << trailing) | (windowLow >>> (32 - trailing));
          low ^= windowLow << trailing;
        } else {
          high ^= windowHigh;
          low ^= windowLow;
        }
      }
      bit += size;
    }
    timesMs[at + i] = timeMs;
    words[(at + i) * 2] = low;
    words[(at + i) * 2 + 1] = high;
  }
  if (bit > endBit) throw new DamageError('the samples of a chunk reach past its end');
  return count;
}

/** 32 bits from any bit on, as a signed number; zeros past the end. */
function peek32(bytes: Uint8Array, bit: number): number {
  const at = bit >>> 3;
  const shift = bit & 7;
  const word =
    ((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number);
  return shift === 0 ? word : (word << shift) | ((bytes[at + 4] as number) >>> (8 - shift));
}

function readVarint(bytes: Uint8Array, from: number, end: number): { value: number; next: number } {
  let value = 0;
  let scale = 1;
  for (let at = from; at < end; at++) {
    const byte = bytes[at] as number;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, next: at + 1 };
    scale *= 0x80;
  }
  throw new DamageError('a number is cut short');
}
