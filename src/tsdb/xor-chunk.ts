/**
 * Gorilla chunks as Prometheus lays them out: two bytes with the number of samples, then bits.
 * Values travel as the high and low 32 bits of the double, as the bits of a NaN matter (staleness markers).
 *
 * Source: https://github.com/prometheus/prometheus/blob/main/tsdb/docs/format/chunks.md (XOR chunk data)
 */

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

let readBytes = new Uint8Array(0);
let readBit = 0;

/**
 * Decodes a whole chunk to `timesMs[at…]` and the doubles whose 32-bit words are `words` (low word first, index 2·i).
 * Returns the number of samples.
 */
export function decodeXor(
  bytes: Uint8Array,
  base: number,
  out: { readonly timesMs: Float64Array; readonly words: Uint32Array },
  at: number,
): number {
  const count = sampleCount(bytes, base);
  if (count === 0) return 0;
  const { timesMs, words } = out;
  readBytes = bytes as Uint8Array<ArrayBuffer>;
  readBit = (base + 2) * 8;
  const zigzag = readVarint();
  let timeMs = zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
  let high = readBits(32);
  let low = readBits(32);
  let deltaMs = 0;
  let trailing = 0;
  let size = 0;
  timesMs[at] = timeMs;
  words[at * 2] = low;
  words[at * 2 + 1] = high;
  for (let i = 1; i < count; i++) {
    deltaMs = i === 1 ? readVarint() : deltaMs + readDeltaOfDelta();
    timeMs += deltaMs;
    if (readBits(1) === 1) {
      if (readBits(1) === 1) {
        const leading = readBits(5);
        size = readBits(6) || 64;
        trailing = 64 - leading - size;
      }
      const windowHigh = size > 32 ? readBits(size - 32) : 0;
      const windowLow = readBits(Math.min(size, 32));
      if (trailing >= 32) high ^= windowLow << (trailing - 32);
      else if (trailing > 0) {
        high ^= (windowHigh << trailing) | (windowLow >>> (32 - trailing));
        low ^= windowLow << trailing;
      } else {
        high ^= windowHigh;
        low ^= windowLow;
      }
    }
    timesMs[at + i] = timeMs;
    words[(at + i) * 2] = low;
    words[(at + i) * 2 + 1] = high;
  }
  return count;
}

function readDeltaOfDelta(): number {
  if (readBits(1) === 0) return 0;
  if (readBits(1) === 0) return signed(readBits(14), 14);
  if (readBits(1) === 0) return signed(readBits(17), 17);
  if (readBits(1) === 0) return signed(readBits(20), 20);
  const high = readBits(32) | 0;
  return high * 0x1_0000_0000 + readBits(32);
}

/** Half of the range and one more is positive: -8191 … 8192 in 14 bits. */
function signed(bits: number, size: number): number {
  return bits > 1 << (size - 1) ? bits - (1 << size) : bits;
}

function readBits(size: number): number {
  let value = 0;
  let left = size;
  while (left > 0) {
    const free = 8 - (readBit & 7);
    const take = Math.min(free, left);
    const bits = ((readBytes[readBit >>> 3] as number) >>> (free - take)) & ((1 << take) - 1);
    value = (value << take) | bits;
    readBit += take;
    left -= take;
  }
  return value >>> 0;
}

function readVarint(): number {
  let value = 0;
  for (let scale = 1; ; scale *= 0x80) {
    const byte = readBits(8);
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
  }
}
