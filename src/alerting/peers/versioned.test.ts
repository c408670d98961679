import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isNewer, newest, type Versioned } from './versioned.ts';

// Few times and few texts, so that ties are common.
const version: fc.Arbitrary<Versioned> = fc.record({
  atMs: fc.integer({ min: 0, max: 3 }),
  text: fc.constantFrom('a', 'b', 'c', ''),
});

describe('the newest of several', () => {
  it('is the same in whatever order two are taken', () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(newest(a, b)).toEqual(newest(b, a));
      }),
    );
  });

  it('is the same however three are put together', () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(newest(newest(a, b), c)).toEqual(newest(a, newest(b, c)));
      }),
    );
  });

  it('is unchanged by what was there already', () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(newest(a, a)).toEqual(a);
        expect(newest(newest(a, b), b)).toEqual(newest(a, b));
      }),
    );
  });

  it('was made last', () => {
    fc.assert(
      fc.property(fc.array(version, { minLength: 1 }), (all) => {
        const last = all.reduce((one, other) => newest(one, other));
        expect(last.atMs).toBe(Math.max(...all.map(({ atMs }) => atMs)));
        expect(all.some((one) => isNewer(one, last))).toBe(false);
      }),
    );
  });
});
