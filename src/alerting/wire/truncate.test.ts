import fc from 'fast-check';
import { expect, it } from 'vitest';
import { byteLength, charLength, fitBytes, fitChars, truncate, truncateBytes } from './truncate.ts';

it.each([
  ['abcdef', 6, 'abcdef'],
  ['abcdef', 5, 'abcd…'],
  ['a😀b😀c', 5, 'a😀b😀c'],
  ['a😀b😀c', 4, 'a😀b…'],
  ['abcdef', 3, 'abc'],
  ['abcdef', 0, ''],
])('cuts %j to %i characters: %j', (text, max, expected) => {
  expect(truncate(text, max)).toBe(expected);
});

it.each([
  ['abcdef', 6, 'abcdef'],
  ['abcdefg', 6, 'abc…'],
  ['ééé', 5, 'é…'],
  ['ééé', 6, 'ééé'],
  ['😀😀', 7, '😀…'],
  ['😀😀', 6, '…'],
  ['abcd', 3, '…'],
  ['abcd', 2, '..'],
])('cuts %j to %i bytes: %j', (text, max, expected) => {
  expect(truncateBytes(text, max)).toBe(expected);
});

it('never gives more than was allowed, tears no character, and keeps what fits as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat({ max: 60 }), (text, max) => {
      const [chars, bytes] = [truncate(text, max), truncateBytes(text, max)];
      expect(charLength(chars)).toBeLessThanOrEqual(max);
      expect(byteLength(bytes)).toBeLessThanOrEqual(max);
      expect(bytes).not.toMatch(/\p{Surrogate}/u);
      if (charLength(text) <= max) expect(chars).toBe(text);
      if (byteLength(text) <= max) expect(bytes).toBe(text);
    }),
  );
});

it('keeps the end whole and cuts what stands before it', () => {
  expect(fitChars('a'.repeat(20), '[notice]', 12)).toBe('aaa…[notice]');
  expect(fitBytes('é'.repeat(20), '[notice]', 15)).toBe('éé…[notice]');
  expect(fitChars('short', '', 12)).toBe('short');
  expect(fitChars('short', '[a notice that is too long]', 5)).toBe('[a n…');
});
