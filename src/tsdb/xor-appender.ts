/**
 * Writes Gorilla chunks as Prometheus lays them out: two bytes with the number of samples, then bits.
 * Values travel as the high and low 32 bits of the double, as the bits of a NaN matter (staleness markers).
 *
 * Source: https://github.com/prometheus/prometheus/blob/main/tsdb/docs/format/chunks.md (XOR chunk data)
 */

/** Most bytes that one further sample can take. */
export const maxSampleBytes = 20;

/** A state is as long as a line of the processor's cache: one look finds all that a further sample needs. */
export const stateWords = 16;
export const stateDoubles = 8;

/** Places in a state, counted in doubles. Those from {@link ownDouble} on are the owner's. */
export const lastMsAt = 0;
const lastDeltaAt = 1;
export const ownDouble = 6;

/** Places in a state, counted in 32-bit words. Those from {@link ownWord} on are the owner's, up to {@link ownDouble}. */
export const highAt = 4;
export const lowAt = 5;
/** The next bit to write, from the chunk's first byte. */
export const bitAt = 6;
export const countAt = 7;
/** Leading and trailing zero bits of the window in use. */
const leadingAt = 8;
const trailingAt = 9;
export const ownWord = 10;

/** What a new window costs: two sizes. */
const newWindowBits = 11;

/** More leading zeros than any value has, so that the first value of a chunk makes a window. */
const noWindow = 64;

/** Where chunks being written end and what their next samples are encoded against, one state after the other. */
export class XorStates {
  words: Int32Array;
  /** The same memory. */
  doubles: Float64Array;

  constructor(count = 1) {
    this.doubles = new Float64Array(count * stateDoubles);
    this.words = new Int32Array(this.doubles.buffer);
  }

  get count(): number {
    return this.doubles.length / stateDoubles;
  }

  /** Makes room for more states; those there are stay. */
  grow(count: number): void {
    const before = this.words;
    this.doubles = new Float64Array(count * stateDoubles);
    this.words = new Int32Array(this.doubles.buffer);
    this.words.set(before);
  }
}

/** Begins a chunk, whose bytes must be 0. */
export function openChunk({ words, doubles }: XorStates, index: number): void {
  const w = index * stateWords;
  doubles[index * stateDoubles + lastDeltaAt] = 0;
  words[w + bitAt] = 16;
  words[w + countAt] = 0;
  words[w + leadingAt] = noWindow;
  words[w + trailingAt] = 0;
}

/**
 * Appends a sample that is newer than the last one to the chunk that begins at `bytes[base]`. The caller sees to it that
 * {@link maxSampleBytes} are left, all 0.
 */
export function appendXor(
  { words, doubles }: XorStates,
  index: number,
  bytes: Uint8Array,
  base: number,
  atMs: number,
  high: number,
  low: number,
): void {
  const w = index * stateWords;
  const d = index * stateDoubles;
  const count = words[w + countAt] as number;
  let bit = words[w + bitAt] as number;
  if (count === 0) {
    bit = putVarint(bytes, base, bit, atMs >= 0 ? atMs * 2 : -atMs * 2 - 1);
    put(bytes, base, bit, high, 32);
    put(bytes, base, bit + 32, low, 32);
    bit += 64;
    words[w + highAt] = high;
    words[w + lowAt] = low;
  } else {
    const deltaMs = atMs - (doubles[d + lastMsAt] as number);
    const change = deltaMs - (doubles[d + lastDeltaAt] as number);
    if (count === 1) bit = putVarint(bytes, base, bit, deltaMs);
    // The memory is 0: a bit that is 0 need not be written.
    else if (change === 0) bit++;
    else bit = putDeltaOfDelta(bytes, base, bit, change);
    if (change !== 0) doubles[d + lastDeltaAt] = deltaMs;
    const xorHigh = high ^ (words[w + highAt] as number);
    const xorLow = low ^ (words[w + lowAt] as number);
    if ((xorHigh | xorLow) === 0) bit++;
    else {
      words[w + highAt] = high;
      words[w + lowAt] = low;
      bit = putValue(words, w, bytes, base, bit, xorHigh, xorLow);
    }
  }
  doubles[d + lastMsAt] = atMs;
  words[w + bitAt] = bit;
  words[w + countAt] = count + 1;
  bytes[base] = (count + 1) >>> 8;
  bytes[base + 1] = count + 1;
}

function putDeltaOfDelta(bytes: Uint8Array, base: number, bit: number, change: number): number {
  if (change >= -8191 && change <= 8192) {
    put(bytes, base, bit, (0b10 << 14) | (change & 0x3fff), 16);
    return bit + 16;
  }
  if (change >= -65_535 && change <= 65_536) {
    put(bytes, base, bit, (0b110 << 17) | (change & 0x1_ffff), 20);
    return bit + 20;
  }
  if (change >= -524_287 && change <= 524_288) {
    put(bytes, base, bit, (0b1110 << 20) | (change & 0xf_ffff), 24);
    return bit + 24;
  }
  const high = Math.floor(change / 0x1_0000_0000);
  put(bytes, base, bit, 0b1111, 4);
  put(bytes, base, bit + 4, high | 0, 32);
  put(bytes, base, bit + 36, (change - high * 0x1_0000_0000) | 0, 32);
  return bit + 68;
}

/** The bits in which a value differs from the one before it, and first, where it does not fit, the window that they are in. */
function putValue(
  words: Int32Array,
  w: number,
  bytes: Uint8Array,
  base: number,
  from: number,
  xorHigh: number,
  xorLow: number,
): number {
  let bit = from;
  let leading = words[w + leadingAt] as number;
  let trailing = words[w + trailingAt] as number;
  const leadingHere = xorHigh === 0 ? 31 : Math.min(31, Math.clz32(xorHigh));
  const trailingHere = xorLow === 0 ? 32 + trailingZeros(xorHigh) : trailingZeros(xorLow);
  let prefix = 0b10;
  let prefixSize = 2;
  // Prometheus keeps a window while values fit in it; a smaller one that saves more than it costs is as good to whoever reads.
  const wasted = leadingHere - leading + trailingHere - trailing;
  if (leadingHere < leading || trailingHere < trailing || wasted > newWindowBits) {
    leading = leadingHere;
    trailing = trailingHere;
    words[w + leadingAt] = leading;
    words[w + trailingAt] = trailing;
    // 64 does not fit in six bits; 0 cannot occur and stands for it.
    prefix = (0b11 << 11) | (leading << 6) | ((64 - leading - trailing) & 63);
    prefixSize = 13;
  }
  const size = 64 - leading - trailing;
  let low: number;
  let high = 0;
  if (trailing >= 32) low = xorHigh >>> (trailing - 32);
  else if (trailing > 0) {
    low = (xorLow >>> trailing) | (xorHigh << (32 - trailing));
    high = xorHigh >>> trailing;
  } else {
    low = xorLow;
    high = xorHigh;
  }
  if (prefixSize + size <= 32) {
    put(bytes, base, bit, (prefix << size) | low, prefixSize + size);
    return bit + prefixSize + size;
  }
  put(bytes, base, bit, prefix, prefixSize);
  bit += prefixSize;
  if (size > 32) {
    put(bytes, base, bit, high, size - 32);
    put(bytes, base, bit + size - 32, low, 32);
  } else put(bytes, base, bit, low, size);
  return bit + size;
}

function trailingZeros(word: number): number {
  return 31 - Math.clz32(word & -word);
}

/** The low `size` bits (1 to 32) of a number, at any bit of memory that is 0 from there on. */
function put(bytes: Uint8Array, base: number, bit: number, value: number, size: number): void {
  const shift = bit & 7;
  const at = base + (bit >>> 3);
  const word = value << (32 - size);
  bytes[at] = (bytes[at] as number) | (word >>> (24 + shift));
  const left = size + shift;
  if (left <= 8) return;
  const rest = word << (8 - shift);
  bytes[at + 1] = rest >>> 24;
  if (left <= 16) return;
  bytes[at + 2] = rest >>> 16;
  if (left <= 24) return;
  bytes[at + 3] = rest >>> 8;
  if (left > 32) bytes[at + 4] = rest;
}

/** Base 128, low groups first; `value` is a whole number below 2^54. Gives the bit after it. */
function putVarint(bytes: Uint8Array, base: number, from: number, value: number): number {
  let bit = from;
  let left = value;
  for (; left >= 0x80; bit += 8) {
    put(bytes, base, bit, (left % 0x80) | 0x80, 8);
    left = Math.floor(left / 0x80);
  }
  put(bytes, base, bit, left, 8);
  return bit + 8;
}
