import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coresOf, parseQuantity, wholeOf } from './quantity.ts';

describe('a quantity', () => {
  it.each([
    ['100m', 0.1],
    ['1', 1],
    ['1.5Gi', 1_610_612_736],
    ['2k', 2000],
    ['1e3', 1000],
    ['1E', 1e18],
    ['-5', -5],
    ['.5', 0.5],
    [7, 7],
    ['1Ki5', undefined],
    ['m', undefined],
    ['', undefined],
    [null, undefined],
  ])('%s is %s', (text, number) => expect(parseQuantity(text)).toBe(number));

  it('of cores is told to the thousandth above, of bytes as a whole number', () => {
    expect(coresOf('1500u')).toBe(0.002);
    expect(coresOf('250m')).toBe(0.25);
    expect(wholeOf('1500m')).toBe(2);
  });

  it('of thousandths is what it says', () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), (milli) => {
        expect(coresOf(`${milli}m`)).toBe(milli / 1000);
      }),
    );
  });
});
