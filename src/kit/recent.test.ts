import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../../test/support/property-seed.ts';
import { Recent } from './recent.ts';

describe('what was used last', () => {
  it('is kept up to half of the bound, and never more than all of it', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60), { maxLength: 300 }), (keys) => {
        const recent = new Recent<number, string>(20);
        const used: number[] = [];
        for (const key of keys) {
          const before = recent.get(key);
          expect(before === undefined || before === `${key}`).toBe(true);
          if (before === undefined) recent.set(key, `${key}`);
          used.push(key);
        }
        const last = [...new Set([...used].reverse())].slice(0, 10);
        for (const key of last) expect(recent.has(key)).toBe(true);
        const kept = Array.from({ length: 61 }, (_, key) => key).filter((key) => recent.has(key));
        expect(kept.length).toBeLessThanOrEqual(20);
      }),
    );
  });

  it('may be one value that is heavier than the bound', () => {
    const recent = new Recent<string, string>(10, ({ length }) => length);
    recent.set('a', 'x'.repeat(100));
    expect(recent.has('a')).toBe(true);
    recent.set('b', 'y');
    recent.set('c', 'z'.repeat(9));
    expect(recent.has('a')).toBe(false);
  });
});
