import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unpacked } from './decompress.ts';

/** In pieces that are overwritten as soon as the next is asked for. */
async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const piece = Buffer.alloc(size);
  for (let at = 0; at < bytes.length; at += size) {
    const some = bytes.subarray(at, at + size);
    piece.set(some);
    yield piece.subarray(0, some.length);
    piece.fill(0x55);
  }
}

async function all(packed: Uint8Array, size: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of unpacked(inPieces(packed, size), { hasDigest: true }))
    pieces.push(Uint8Array.from(piece));
  return Buffer.concat(pieces);
}

/** A member whose header tells more than most. */
function withHeader(member: Buffer, { extra = '', name = '', comment = '', checksum = false }): Buffer {
  const header = Buffer.from(member.subarray(0, 10));
  header[3] = (checksum ? 2 : 0) | (extra ? 4 : 0) | (name ? 8 : 0) | (comment ? 16 : 0);
  const parts: Buffer[] = [header];
  if (extra) parts.push(Buffer.from([extra.length % 256, extra.length >> 8]), Buffer.from(extra, 'latin1'));
  if (name) parts.push(Buffer.from(`${name}\0`));
  if (comment) parts.push(Buffer.from(`${comment}\0`));
  return Buffer.concat([...parts, Buffer.alloc(checksum ? 2 : 0), member.subarray(10)]);
}

const noise = (length: number, seed: number) =>
  Buffer.from(Array.from({ length }, (_, i) => (Math.imul(i + seed, 2_654_435_761) >>> 13) & 0xff));

it('gives the same as zlib, whatever the members and the pieces', async () => {
  const member = fc.record({
    words: fc.oneof(fc.nat({ max: 300 }), fc.nat({ max: 1_500_000 })),
    noise: fc.oneof(fc.nat({ max: 300 }), fc.nat({ max: 200_000 })),
    extra: fc.string({ maxLength: 300, unit: 'grapheme-ascii' }),
    name: fc.string({ maxLength: 1500, unit: fc.constantFrom('a', 'b', '/') }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(member, { minLength: 1, maxLength: 3 }),
      fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1000, max: 2_000_000 })),
      fc.nat({ max: 3000 }),
      async (members, size, zeros) => {
        const contents = members.map((one) =>
          Buffer.concat([Buffer.alloc(one.words, 'words that come again '), noise(one.noise, one.words)]),
        );
        const packed = Buffer.concat([
          ...contents.map((content, i) => withHeader(gzipSync(content), members[i] ?? {})),
          Buffer.alloc(zeros),
        ]);
        // The smallest pieces only of what is small.
        const pieces = Math.max(size, Math.ceil(packed.length / 10));
        const found = await all(packed, pieces);
        expect(found.equals(Buffer.concat(contents))).toBe(true);
      },
    ),
    { numRuns: 15 },
  );
}, 120_000);

it('takes headers with all that they may have', async () => {
  const packed = withHeader(gzipSync('text'), { extra: 'x'.repeat(300), name: 'a.tar', comment: 'of old' });
  expect(gunzipSync(packed).toString()).toBe('text');
  expect((await all(packed, 7)).toString()).toBe('text');
});

describe('damage', () => {
  const content = Buffer.concat([noise(700_000, 1), Buffer.alloc(700_000, 'words ')]);
  const packed = gzipSync(content);

  it.each([
    ['an end that is missing', packed.subarray(0, packed.length - 9)],
    ['a trailer that is missing', packed.subarray(0, packed.length - 3)],
    ['another size than it has', Buffer.concat([packed.subarray(0, -1), Buffer.from([9])])],
    ['a second member that is none', Buffer.concat([packed, Buffer.from('something else')])],
    ['a second member that is damaged', Buffer.concat([packed, gzipSync('text').fill(1, 12, 15)])],
    ['a header that is cut off', packed.subarray(0, 9)],
  ])('is told of: %s', async (_what, damaged) => {
    await expect(all(damaged, 100_000)).rejects.toThrow('the packed archive is damaged');
  });

  it('never ends in anything but its own error', async () => {
    const small = gzipSync(Buffer.concat([noise(3000, 2), Buffer.alloc(3000, 'words ')]));
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: small.length - 1 }), fc.nat({ max: 255 }), async (at, byte) => {
        const damaged = Buffer.from(small);
        damaged[at] = byte;
        const found = await all(damaged, 1000).catch((error: Error) => error.message);
        if (typeof found === 'string') expect(found).not.toBe('');
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  it('of what is read is the error of what is read', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield packed.subarray(0, 600_000);
      throw new Error('the line is cut');
    }
    const reading = (async () => {
      for await (const _piece of unpacked(broken(), { hasDigest: true }));
    })();
    await expect(reading).rejects.toThrow('the line is cut');
  });
});
