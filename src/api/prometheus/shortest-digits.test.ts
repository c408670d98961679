import fc from 'fast-check';
import { expect, it } from 'vitest';
import { writeShortest } from './shortest-digits.ts';

const bytes = Buffer.alloc(64);

/** As it is written; undefined for what is left to `String`. */
function textOf(value: number): string | undefined {
  const end = writeShortest(value, bytes, 5);
  return end < 0 ? undefined : bytes.toString('latin1', 5, end);
}

const someNumber = fc.oneof(
  fc.double(),
  fc.double({ min: 1e-6, max: 1e15 }),
  fc.double({ min: -1, max: 1 }),
  fc.maxSafeInteger(),
  // Few decimals; and what a rate gives: whole numbers divided by seconds.
  fc.tuple(fc.maxSafeNat(), fc.integer({ min: 0, max: 15 })).map(([whole, power]) => whole / 10 ** power),
  fc.tuple(fc.nat(), fc.integer({ min: 1, max: 100_000 })).map(([whole, seconds]) => whole / seconds),
  // Beside powers of two and of ten, where distances to the next double and the number of digits change.
  fc
    .tuple(fc.integer({ min: -25, max: 55 }), fc.integer({ min: -3, max: 3 }))
    .map(([power, steps]) => 2 ** power * (1 + steps * Number.EPSILON)),
  fc
    .tuple(fc.integer({ min: -8, max: 17 }), fc.integer({ min: -3, max: 3 }))
    .map(([power, steps]) => Number(`1e${power}`) * (1 + steps * Number.EPSILON)),
);

it('writes what String writes, or nothing', () => {
  fc.assert(
    fc.property(someNumber, (value) => {
      const text = textOf(value);
      if (text !== undefined) expect(text).toBe(String(value));
    }),
    { numRuns: 20_000 },
  );
});

it.each([
  0,
  7,
  10,
  99_999_999,
  100_000_000,
  2 ** 31,
  2 ** 53 - 1,
  0.1,
  0.3,
  1.5,
  123.456,
  1 / 3,
  2 / 3,
  1e-6 * 3,
  0.1 + 0.2,
  9.99,
  5e14 + 0.5,
])('writes %d itself', (value) => {
  expect(textOf(value)).toBe(String(value));
  if (value !== 0) expect(textOf(-value)).toBe(String(-value));
});

it.each([-0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e-7, 1e21, 2 ** 53, 0.5])(
  'leaves %d to String',
  (value) => expect(textOf(value)).toBeUndefined(),
);
