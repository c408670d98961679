import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DamageError } from './damage.ts';
import { unsnappy } from './snappy.ts';

// The package has no types.
const { compress } = (await import('snappyjs' as string)) as {
  compress(bytes: Uint8Array): Uint8Array;
};

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 500 }),
  fc
    .array(fc.constantFrom('up', 'instance', 'job="a"', '0'), { maxLength: 300 })
    .map((texts) => Buffer.from(texts.join(''))),
);

it('undoes what another program compressed', () => {
  fc.assert(
    fc.property(bytes, (data) => {
      expect(Buffer.compare(unsnappy(compress(new Uint8Array(data))), data)).toBe(0);
    }),
  );
});

it('repeats what reaches into itself', () => {
  // Seven bytes: the literal `a`, then a copy of six from one byte before.
  expect(unsnappy(Uint8Array.of(7, 0, 0x61, ((6 - 4) << 2) | 1, 1)).toString()).toBe('aaaaaaa');
});

it('says so when it is damaged, whatever the damage', () => {
  const whole = compress(new Uint8Array(Buffer.from('abcabcabcabc'.repeat(30))));
  fc.assert(
    fc.property(
      fc.nat({ max: whole.length - 1 }),
      fc.nat({ max: 255 }),
      fc.nat({ max: whole.length }),
      (at, byte, end) => {
        const damaged = new Uint8Array(whole.subarray(0, end));
        damaged[at] = byte;
        try {
          unsnappy(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(DamageError);
        }
      },
    ),
  );
});
