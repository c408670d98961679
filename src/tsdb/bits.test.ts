import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BitReader, BitWriter } from './bits.ts';
import { DamageError } from './damage.ts';

const whole = fc.oneof(
  fc.integer({ min: -300, max: 300 }),
  fc.maxSafeInteger(),
  fc.constantFrom(-3, 4, -4, 5, 2 ** 17, -(2 ** 17), 2 ** 24, 2 ** 24 + 1, 2 ** 52, -(2 ** 52)),
);

it('gives back numbers of varying length, of either sign and without', () => {
  fc.assert(
    fc.property(fc.array(whole, { maxLength: 50 }), (numbers) => {
      const out = new BitWriter(8);
      for (const number of numbers) {
        out.varbitInt(number);
        out.varbitUint(Math.abs(number));
      }
      const bytes = out.bytes();
      const from = new BitReader(bytes, 0, bytes.length);
      for (const number of numbers) {
        expect(from.varbitInt()).toBe(number);
        expect(from.varbitUint()).toBe(Math.abs(number));
      }
    }),
  );
});

it.each([
  [0, 1],
  [4, 5],
  [-3, 5],
  [5, 9],
  [32, 9],
  [256, 13],
  [2048, 17],
  [131_072, 24],
  [16_777_216, 32],
  [2 ** 53, 64],
])('takes for %d as many bits as Prometheus does: %d', (number, bits) => {
  const out = new BitWriter();
  out.varbitInt(number);
  expect(out.length).toBe(bits);
});

it('never reads past the end', () => {
  const from = new BitReader(Uint8Array.of(0xff), 0, 1);
  expect(() => from.varbitInt()).toThrow(DamageError);
});
