import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readNumber } from './number-reader.ts';

const read = (text: string): number | undefined => readNumber(Buffer.from(`xx${text} `), 2, 2 + text.length);

it('reads every finite number to the same bits as its text', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(read(String(value))).toBe(Number(String(value)));
      expect(read(value.toFixed(3))).toBe(Number(value.toFixed(3)));
    }),
  );
});

it.each([
  ['+Inf', Number.POSITIVE_INFINITY],
  ['-infinity', Number.NEGATIVE_INFINITY],
  ['NaN', Number.NaN],
  ['.5', 0.5],
  ['5.', 5],
  ['-0', -0],
  ['9007199254740993', 9007199254740992],
  ['1e400', Number.POSITIVE_INFINITY],
])('reads %s', (text, value) => {
  expect(read(text)).toBe(value);
});

it.each(['', '.', '-', '1_000', '0x1p-2', '0x10', '1e', '1 2', 'one', '--1'])('refuses "%s"', (text) => {
  expect(read(text)).toBeUndefined();
});
