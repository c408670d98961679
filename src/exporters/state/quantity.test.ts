import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coresOf, wholeOf } from './quantity.ts';

describe('a quantity', () => {
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
