import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fnv1a64, fnv1a64OfJoined } from './hash.ts';

/** By the definition, on big integers. */
function slow(parts: readonly string[]): string {
  let hash = 0xcbf29ce484222325n;
  for (const part of parts)
    for (const byte of [...new TextEncoder().encode(part), 0xff])
      hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  return hash.toString(16).padStart(16, '0');
}

const parts = fc.array(
  fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('', 'ÿ', 'aÿb', 'ü')),
  {
    maxLength: 8,
  },
);

it('hashes as FNV-1a does, whatever the text', () => {
  fc.assert(
    fc.property(parts, (some) => {
      expect(fnv1a64(some)).toBe(slow(some));
    }),
  );
});

it('hashes joined parts to the same, or leaves it', () => {
  fc.assert(
    fc.property(parts, (some) => {
      const joined = some.map((part) => `${part}\u00ff`).join('');
      expect([undefined, slow(some)]).toContain(fnv1a64OfJoined(joined, some.length));
    }),
  );
  expect(fnv1a64OfJoined('a\u00ffb\u00ff', 2)).toBe(slow(['a', 'b']));
  expect(fnv1a64OfJoined('a\u00ffb\u00ff', 1)).toBeUndefined();
});
