/**
 * The shortest digits that read back as the same double, as `String` writes them, written as bytes without a string between.
 *
 * A fraction is multiplied by the power of ten that leaves 17 digits before the point. Below 10^23 such powers are doubles themselves,
 * so that the product is known exactly as the sum of two doubles (T. J. Dekker, "A floating-point technique for extending the
 * available precision", 1971). Every number closer to that product than half the distance to the next double reads back as the same
 * double: the one with the most zeros at its end is the shortest.
 */

const zero = 48;
const dot = 46;
const minus = 45;
const tenToEighth = 1e8;
/** Closer than this to where one text ends and the next begins, `String` decides. */
const doubt = 1e-6;
/** From here on there is an exponent below, and no fraction above. */
const least = 1e-6;
const most = 1e15;
const mostWhole = 2 ** 53;
/** Splits a double into halves of 26 bits. */
const splitter = 2 ** 27 + 1;

const scratch = new Float64Array(1);
const words = new Uint32Array(scratch.buffer);
/** The high word, by the order of bytes of this machine. */
const highWord = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;
const lowWord = 1 - highWord;

const powers = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
const powersHigh = powers.map(highHalf);
const powersLow = powers.map((power) => power - highHalf(power));

/** For exponents of two from -20 to 50: digits before the point of the least number, and from where on there is one more. */
const leastExponent = -20;
const exponents = Array.from({ length: 71 }, (_, i) => 2 ** (i + leastExponent));
const digitsBefore = Int8Array.from(exponents, (number) => Math.floor(Math.log10(number)) + 1);
const oneMoreFrom = Float64Array.from(digitsBefore, (digits) => Number(`1e${digits}`));
const halfDistances = Float64Array.from(exponents, (number) => number * 2 ** -53);

/** The digits 00 to 99. */
const pairs = Uint8Array.from({ length: 200 }, (_, i) =>
  i % 2 === 0 ? zero + Math.floor(i / 20) : zero + (((i - 1) / 2) % 10),
);

function highHalf(value: number): number {
  const scaled = splitter * value;
  return scaled - (scaled - value);
}

/**
 * Writes a number as `String` does. There must be room for 26 bytes, of which those after the text may be written over.
 *
 * @returns where it ended; -1 where it is a number that `String` is to write: infinite, with an exponent, or too close to call.
 */
export function writeShortest(value: number, bytes: Uint8Array, at: number): number {
  if (value < 0) {
    bytes[at] = minus;
    return writePositive(-value, bytes, at + 1);
  }
  return Object.is(value, -0) ? -1 : writePositive(value, bytes, at);
}

function writePositive(value: number, bytes: Uint8Array, at: number): number {
  if (Math.floor(value) === value) return value < mostWhole ? writeWhole(value, bytes, at) : -1;
  return value >= least && value < most ? writeFraction(value, bytes, at) : -1;
}

/** A whole number from 0 up to 2^53. */
export function writeWhole(value: number, bytes: Uint8Array, start: number): number {
  let at = start;
  let rest = value;
  if (value >= tenToEighth) {
    const high = Math.floor(value / tenToEighth);
    at = writeBelowBillion(high, bytes, at);
    rest = value - high * tenToEighth;
    writeEight(rest, bytes, at);
    return at + 8;
  }
  return writeBelowBillion(rest, bytes, at);
}

function writeFraction(value: number, bytes: Uint8Array, at: number): number {
  scratch[0] = value;
  const high = words[highWord] as number;
  // Below a power of two the next double is nearer than above.
  if ((high & 0xfffff) === 0 && words[lowWord] === 0) return -1;
  const exponent = (high >>> 20) - 1023 - leastExponent;
  let before = digitsBefore[exponent] as number;
  if (value >= (oneMoreFrom[exponent] as number)) before++;
  const power = 17 - before;
  const ten = powers[power] as number;
  const tenHigh = powersHigh[power] as number;
  const tenLow = powersLow[power] as number;
  const valueHigh = highHalf(value);
  const valueLow = value - valueHigh;
  // From 2^53 on doubles are whole, so that all of the fraction is in `error`.
  const product = value * ten;
  const error = valueHigh * tenHigh - product + valueHigh * tenLow + valueLow * tenHigh + valueLow * tenLow;
  let first = Math.floor(product / tenToEighth);
  let last = (product - first * tenToEighth) | 0;
  const rest = last % 100;
  const ending = roundedEnding(rest + error, (halfDistances[exponent] as number) * ten);
  if (ending < 0) return -1;
  last += ending - rest;
  if (last >= tenToEighth) {
    last -= tenToEighth;
    first++;
  }
  return writePlaced(first, last, before, bytes, at);
}

/**
 * Where the last two digits, with what comes after them, are rounded to: a hundred, a ten, or one, the first that is less than `reach`
 * away. -1 when that is too close to call.
 */
function roundedEnding(ending: number, reach: number): number {
  const hundred = ending < 50 ? 0 : 100;
  const toHundred = Math.abs(ending - hundred) - reach;
  if (toHundred < -doubt) return hundred;
  const tens = ending / 10;
  const ten = Math.round(tens);
  const toTen = Math.abs(ending - ten * 10) - reach;
  if (toTen < -doubt) return Math.abs(Math.abs(tens - ten) - 0.5) < doubt ? -1 : ten * 10;
  const one = Math.round(ending);
  if (toHundred < doubt || toTen < doubt || Math.abs(Math.abs(ending - one) - 0.5) < doubt) return -1;
  return one;
}

/** Nine digits and eight, without zeros at the end, with the point after `before` of them (or before so many zeros). */
function writePlaced(first: number, last: number, before: number, bytes: Uint8Array, start: number): number {
  if (first >= 1e9) return -1;
  let at = start;
  if (before <= 0) {
    bytes[at++] = zero;
    bytes[at++] = dot;
    for (let i = before; i < 0; i++) bytes[at++] = zero;
  } else at++;
  const top = (first / tenToEighth) | 0;
  bytes[at] = zero + top;
  writeEight((first | 0) - top * tenToEighth, bytes, at + 1);
  let end = at + 9;
  if (last !== 0) {
    writeEight(last, bytes, end);
    end += 8;
  }
  while (bytes[end - 1] === zero) end--;
  if (before <= 0) return end;
  for (let i = start; i < start + before; i++) bytes[i] = bytes[i + 1] as number;
  bytes[start + before] = dot;
  return end;
}

/** Eight digits, with zeros before. */
function writeEight(value: number, bytes: Uint8Array, at: number): void {
  const all = value | 0;
  const high = (all / 10_000) | 0;
  writeFour(high, bytes, at);
  writeFour((all - high * 10_000) | 0, bytes, at + 4);
}

function writeFour(value: number, bytes: Uint8Array, at: number): void {
  const high = (value / 100) | 0;
  const low = (value - high * 100) << 1;
  bytes[at] = pairs[high << 1] as number;
  bytes[at + 1] = pairs[(high << 1) + 1] as number;
  bytes[at + 2] = pairs[low] as number;
  bytes[at + 3] = pairs[low + 1] as number;
}

function writeBelowBillion(value: number, bytes: Uint8Array, at: number): number {
  let digits = 1;
  for (let bound = 10; value >= bound; bound *= 10) digits++;
  let left = value | 0;
  let to = at + digits;
  while (left >= 100) {
    const high = (left / 100) | 0;
    const low = (left - high * 100) << 1;
    bytes[--to] = pairs[low + 1] as number;
    bytes[--to] = pairs[low] as number;
    left = high;
  }
  if (left >= 10) {
    bytes[at] = pairs[left << 1] as number;
    bytes[at + 1] = pairs[(left << 1) + 1] as number;
  } else bytes[at] = zero + left;
  return at + digits;
}

/** With zeros before it, up to so many digits. */
export function writePadded(value: number, digits: number, bytes: Uint8Array, at: number): number {
  let left = value | 0;
  for (let i = at + digits - 1; i >= at; i--) {
    const tens = (left / 10) | 0;
    bytes[i] = zero + left - tens * 10;
    left = tens;
  }
  return at + digits;
}
