import fc from 'fast-check';
import { expect, it } from 'vitest';
import { quantityOf } from './quantity.ts';

it.each([
  ['500m', 0.5],
  ['1', 1],
  ['0.5', 0.5],
  ['.5', 0.5],
  ['1.5Gi', 1.5 * 2 ** 30],
  ['64Mi', 2 ** 26],
  ['1k', 1000],
  ['1e3', 1000],
  ['1E', 1e18],
  ['128974848000m', 128974848],
  [2, 2],
])('%s is %d', (text, value) => {
  expect(quantityOf(text)).toBeCloseTo(value, 6);
});

it.each(['', 'x', '1x', '1.2.3', 'Mi', null, undefined, {}, Number.NaN])('%s is no quantity', (text) => {
  expect(quantityOf(text)).toBeUndefined();
});

it('grows with the number in front of a suffix', () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.nat(10_000), fc.constantFrom('', 'm', 'k', 'Mi', 'G'), (a, b, suffix) => {
      const [first = 0, second = 0] = [quantityOf(`${a}${suffix}`), quantityOf(`${b}${suffix}`)];
      expect(Math.sign(first - second)).toBe(Math.sign(a - b));
    }),
  );
});
