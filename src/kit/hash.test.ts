import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fnv1a64 } from './hash.ts';

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
