/**
 * Gorilla chunks as Prometheus lays them out: two bytes with the number of samples, then bits.
 * Values travel as the high and low 32 bits of the double, as the bits of a NaN matter (staleness markers).
 *
 * Source: https://github.com/prometheus/prometheus/blob/main/tsdb/docs/format/chunks.md (XOR chunk data)
 */

import { DamageError } from './damage.ts';

/** Where the bits of a chunk end and what the next sample is encoded against. Reused from chunk to chunk by {@link openChunk}. */
export interface XorCursor {
  bytes: Uint8Array;
  /** Index in `bytes` of the chunk's first byte. */
  base: number;
  /** Next bit to write, from `base`. */
  bit: number;
  count: number;
  lastMs: number;
  lastDeltaMs: number;
  lastHigh: number;
  lastLow: number;
  /** Leading and trailing zero bits of the window in use; `leading` is {@link noWindow} before there is one. */
  leading: number;
  trailing: number;
}

export const noWindow = 0xff;

/** Most bytes that one further sample can take. */
export const maxSampleBytes = 20;

export function newCursor(): XorCursor {
  return {
    bytes: new Uint8Array(0),
    base: 0,
    bit: 16,
    count: 0,
    lastMs: 0,
    lastDeltaMs: 0,
    lastHigh: 0,
    lastLow: 0,
    leading: noWindow,
    trailing: 0,
  };
}

/** Makes an empty chunk at `base`; the bytes from there must be 0. */
export function openChunk(cursor: XorCursor, bytes: Uint8Array, base: number): void {
  cursor.bytes = bytes;
  cursor.base = base;
  cursor.bit = 16;
  cursor.count = 0;
  cursor.lastDeltaMs = 0;
  cursor.leading = noWindow;
  cursor.trailing = 0;
}

/** Appends a sample that is newer than the last one. The caller sees to it that {@link maxSampleBytes} are left, all 0. */
export function appendXor(cursor: XorCursor, atMs: number, high: number, low: number): void {
  if (cursor.count === 0) {
    writeVarint(cursor, atMs >= 0 ? atMs * 2 : -atMs * 2 - 1);
    writeBits(cursor, high, 32);
    writeBits(cursor, low, 32);
  } else {
    const deltaMs = atMs - cursor.lastMs;
    if (cursor.count === 1) writeVarint(cursor, deltaMs);
    else writeDeltaOfDelta(cursor, deltaMs - cursor.lastDeltaMs);
    cursor.lastDeltaMs = deltaMs;
    writeValue(cursor, high, low);
  }
  cursor.lastMs = atMs;
  cursor.lastHigh = high >>> 0;
  cursor.lastLow = low >>> 0;
  cursor.count++;
  cursor.bytes[cursor.base] = cursor.count >>> 8;
  cursor.bytes[cursor.base + 1] = cursor.count & 0xff;
}

function writeDeltaOfDelta(cursor: XorCursor, dod: number): void {
  if (dod === 0) writeBits(cursor, 0, 1);
  else if (dod >= -8191 && dod <= 8192) {
    writeBits(cursor, 0b10, 2);
    writeBits(cursor, dod, 14);
  } else if (dod >= -65_535 && dod <= 65_536) {
    writeBits(cursor, 0b110, 3);
    writeBits(cursor, dod, 17);
  } else if (dod >= -524_287 && dod <= 524_288) {
    writeBits(cursor, 0b1110, 4);
    writeBits(cursor, dod, 20);
  } else {
    writeBits(cursor, 0b1111, 4);
    writeBits(cursor, Math.floor(dod / 0x1_0000_0000), 32);
    writeBits(cursor, dod % 0x1_0000_0000, 32);
  }
}

function writeValue(cursor: XorCursor, high: number, low: number): void {
  const xorHigh = (high ^ cursor.lastHigh) >>> 0;
  const xorLow = (low ^ cursor.lastLow) >>> 0;
  if (xorHigh === 0 && xorLow === 0) {
    writeBits(cursor, 0, 1);
    return;
  }
  const leading = Math.min(31, xorHigh === 0 ? 32 + Math.clz32(xorLow) : Math.clz32(xorHigh));
  const trailing = xorLow === 0 ? 32 + trailingZeros(xorHigh) : trailingZeros(xorLow);
  if (cursor.leading !== noWindow && leading >= cursor.leading && trailing >= cursor.trailing) {
    writeBits(cursor, 0b10, 2);
  } else {
    cursor.leading = leading;
    cursor.trailing = trailing;
    writeBits(cursor, 0b11, 2);
    writeBits(cursor, leading, 5);
    // 64 does not fit in six bits; 0 cannot occur and stands for it.
    writeBits(cursor, (64 - leading - trailing) & 63, 6);
  }
  writeWindow(cursor, xorHigh, xorLow);
}

function writeWindow(cursor: XorCursor, xorHigh: number, xorLow: number): void {
  const { leading, trailing } = cursor;
  const size = 64 - leading - trailing;
  let high = xorHigh;
  let low = xorLow;
  if (trailing >= 32) {
    low = xorHigh >>> (trailing - 32);
    high = 0;
  } else if (trailing > 0) {
    low = (xorLow >>> trailing) | (xorHigh << (32 - trailing));
    high = xorHigh >>> trailing;
  }
  if (size > 32) {
    writeBits(cursor, high, size - 32);
    writeBits(cursor, low, 32);
  } else writeBits(cursor, low, size);
}

function trailingZeros(word: number): number {
  return 31 - Math.clz32(word & -word);
}

/** The low `size` bits (at most 32) of a number that may be negative, in two's complement. */
function writeBits(cursor: XorCursor, value: number, size: number): void {
  const { bytes, base } = cursor;
  const word = value | 0 || value >>> 0;
  let { bit } = cursor;
  let left = size;
  while (left > 0) {
    const free = 8 - (bit & 7);
    const take = Math.min(free, left);
    const bits = (word >>> (left - take)) & ((1 << take) - 1);
    const index = base + (bit >>> 3);
    bytes[index] = (bytes[index] as number) | (bits << (free - take));
    bit += take;
    left -= take;
  }
  cursor.bit = bit;
}

/** Base 128, low groups first; `value` is a whole number below 2^54. */
function writeVarint(cursor: XorCursor, value: number): void {
  let left = value;
  while (left >= 0x80) {
    writeBits(cursor, (left % 0x80) | 0x80, 8);
    left = Math.floor(left / 0x80);
  }
  writeBits(cursor, left, 8);
}

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
