import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { tar } from '../../../test/support/tar.ts';
import { tempFolder } from '../../../test/support/vulnerability-data.ts';
import { unpackDatabase } from './unpack.ts';

const folder = tempFolder();
const content = Buffer.from(Array.from({ length: 3000 }, (_, i) => i % 251));

async function unpacked(archive: Uint8Array): Promise<Buffer> {
  const [from, to] = [join(folder, 'archive'), join(folder, 'out.db')];
  writeFileSync(from, archive);
  await unpackDatabase(from, to);
  return readFileSync(to);
}

const whole = tar([
  { name: './', type: '5' },
  { name: 'metadata.json', content: '{}' },
  { name: 'provider/vulnerability.db.txt', content: 'no' },
  { name: './vulnerability.db', content },
]);

it('finds the database in a tar archive, packed or not, with or without an end', async () => {
  expect((await unpacked(whole)).equals(content)).toBe(true);
  expect((await unpacked(gzipSync(whole))).equals(content)).toBe(true);
  expect((await unpacked(tar([{ name: 'vulnerability.db', content }], { end: false }))).equals(content)).toBe(
    true,
  );
});

it('copies what is a database already', async () => {
  const database = Buffer.concat([Buffer.from('SQLite format 3\0', 'latin1'), content]);
  expect((await unpacked(database)).equals(database)).toBe(true);
  expect((await unpacked(gzipSync(database))).equals(database)).toBe(true);
});

/** A zstd frame that stores its contents in blocks as they are, with the window that Grype's archives have. */
function zstdStored(bytes: Uint8Array): Buffer {
  const blocks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 65_536) {
    const piece = bytes.subarray(at, at + 65_536);
    const header = Buffer.alloc(3);
    header.writeUIntLE((piece.length << 3) | Number(at + 65_536 >= bytes.length), 0, 3);
    blocks.push(header, Buffer.from(piece));
  }
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 17 << 3]), ...blocks]);
}

it('unpacks zstd with a window of 128 MiB', async () => {
  expect((await unpacked(zstdStored(whole))).equals(content)).toBe(true);
});

/** Of which no digest is known: gzip's own checksum is all that tells. */
function withOtherChecksum(packed: Buffer): Buffer {
  const other = Buffer.from(packed);
  other.writeUInt32LE((packed.readUInt32LE(packed.length - 8) ^ 1) >>> 0, packed.length - 8);
  return other;
}

it.each([
  ['cut', whole.subarray(0, whole.length - 2000), 'ends within its database'],
  ['empty', Buffer.alloc(0), 'has no vulnerability.db in it'],
  ['xz', Buffer.from('\xfd7zXZ\0 and more of it', 'latin1'), 'expected .tar.zst, .tar.gz or .tar'],
  ['cut gzip', gzipSync(whole).subarray(0, 100), 'cannot be unpacked'],
  ['gzip with another checksum', withOtherChecksum(gzipSync(whole)), 'cannot be unpacked'],
  ['no archive', Buffer.from('x'.repeat(2000)), 'cannot be unpacked'],
])('says what is wrong with one that is %s', async (_what, archive, problem) => {
  await expect(unpacked(archive)).rejects.toThrow(problem);
});

it('refuses or unpacks anything', async () => {
  const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(damage, async (changes) => {
      const archive = Buffer.from(whole);
      for (const [at, value] of changes) archive[at] = value;
      await unpacked(archive).catch((error: unknown) =>
        expect(error).toMatchObject({ code: 'VULNERABILITY_DATABASE' }),
      );
    }),
    { numRuns: 50 },
  );
});
