import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pax, type TarFile, tar, tarHeader } from '../../../test/support/tar.ts';
import { type TarEntry, TarReader } from './tar-reader.ts';

/** Reads an archive that comes in pieces of these sizes, over and over. */
function read(archive: Uint8Array, sizes: readonly number[] = [archive.length], wanted = true) {
  const seen: { entry: TarEntry; head: string; content: string | undefined }[] = [];
  const reader = new TarReader({
    entry(entry, head) {
      seen.push({ entry, head: Buffer.from(head).toString('latin1'), content: undefined });
      return wanted && entry.kind === 'file';
    },
    content(_entry, content) {
      const last = seen.at(-1);
      if (last !== undefined) last.content = Buffer.from(content).toString('latin1');
    },
  });
  for (let at = 0, i = 0; at < archive.length; i++) {
    const size = Math.max(1, sizes[i % sizes.length] ?? 1);
    reader.push(archive.subarray(at, at + size));
    at += size;
  }
  reader.end();
  return seen;
}

const names = (archive: Uint8Array) => read(archive).map(({ entry }) => entry.name);

it('reads files, folders and links', () => {
  const seen = read(
    tar([
      { name: 'etc/', type: '5', mode: 0o755 },
      { name: 'etc/passwd', content: 'root', mode: 0o600 },
      { name: 'etc/link', type: '2', linkName: '../usr' },
      { name: 'etc/hard', type: '1', linkName: 'etc/passwd' },
      { name: 'dev/null', type: '3' },
    ]),
  );
  expect(seen.map(({ entry: { name, kind, linkName, mode } }) => [name, kind, linkName, mode])).toEqual([
    ['etc/', 'folder', '', 0o755],
    ['etc/passwd', 'file', '', 0o600],
    ['etc/link', 'link', '../usr', 0o644],
    ['etc/hard', 'hard-link', 'etc/passwd', 0o644],
    ['dev/null', 'other', '', 0o644],
  ]);
  expect(seen[1]?.content).toBe('root');
});

it('gives the same whatever the pieces that an archive comes in', () => {
  const file: fc.Arbitrary<TarFile> = fc.record({
    name: fc.stringMatching(/^[a-z]{1,20}(?:\/[a-z]{1,20}){0,3}$/),
    content: fc.uint8Array({ maxLength: 1500 }),
  });
  fc.assert(
    fc.property(
      fc.array(file, { maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 1200 }), { minLength: 1, maxLength: 5 }),
      fc.boolean(),
      (files, sizes, end) => {
        const seen = read(tar(files, { end }), sizes);
        expect(seen.map(({ entry, content }) => [entry.name, content])).toEqual(
          files.map(({ name, content }) => [name, Buffer.from(content ?? '').toString('latin1')]),
        );
        for (const { head, content } of seen) expect(head).toBe(content?.slice(0, 64));
      },
    ),
  );
});

describe('names and sizes', () => {
  it('takes long names from pax headers, for the next entry alone', () => {
    const long = `${'d/'.repeat(200)}file`;
    expect(names(tar([pax({ path: long }), { name: 'short' }, { name: 'other' }]))).toEqual([long, 'other']);
  });

  it('takes GNU long names and long links', () => {
    const [seen] = read(
      tar([
        { name: '././@LongLink', type: 'L', content: `${'n'.repeat(300)}\0` },
        { name: '././@LongLink', type: 'K', content: `${'l'.repeat(300)}\0` },
        { name: 'cut', type: '2', linkName: 'cut' },
      ]),
    );
    expect(seen?.entry).toMatchObject({ name: 'n'.repeat(300), linkName: 'l'.repeat(300), kind: 'link' });
  });

  it('leaves entries as they are after a global header, as runtimes do', () => {
    expect(names(tar([pax({ path: 'everywhere', comment: 'c' }, 'g'), { name: 'a' }]))).toEqual(['a']);
  });

  it('joins the prefix of ustar, and not that of GNU, which is something else', () => {
    const ustar = tarHeader({ name: 'name' }, 0);
    ustar.write('pre/fix', 345);
    const gnu = Buffer.from(ustar);
    gnu.write('ustar  \0', 257);
    for (const block of [ustar, gnu]) {
      block.write('        ', 148);
      block.write(
        `${block
          .reduce((sum, byte) => sum + byte, 0)
          .toString(8)
          .padStart(6, '0')}\0`,
        148,
      );
    }
    expect(names(ustar)).toEqual(['pre/fix/name']);
    expect(names(gnu)).toEqual(['name']);
  });

  it('reads sizes beyond 8 GiB, which are binary', () => {
    const reader = new TarReader({
      entry: ({ sizeBytes }) => {
        expect(sizeBytes).toBe(9 * 2 ** 30);
        return false;
      },
      content: () => {},
    });
    reader.push(Buffer.concat([tarHeader({ name: 'large', claimedSize: 9 * 2 ** 30 }, 0), Buffer.alloc(64)]));
    expect.assertions(1);
  });
});

describe('the end', () => {
  it('may lack the blocks of zeros and the padding of the last file', () => {
    const archive = tar([{ name: 'a', content: 'abc' }], { end: false });
    expect(read(archive.subarray(0, 515)).map(({ content }) => content)).toEqual(['abc']);
  });

  it('is at two blocks of zeros, whatever comes after', () => {
    expect(names(Buffer.concat([tar([{ name: 'a' }]), tar([{ name: 'b' }])]))).toEqual(['a']);
  });

  it('is not at a single block of zeros', () => {
    const one = tar([{ name: 'a' }], { end: false });
    expect(names(Buffer.concat([one, Buffer.alloc(512), tar([{ name: 'b' }])]))).toEqual(['a', 'b']);
  });

  it.each([100, 512 + 2, 512 + 512 + 30])('is missed when the archive stops at byte %d', (bytes) => {
    const archive = tar([{ name: 'first', content: 'abc' }, { name: 'second' }]);
    expect(() => read(archive.subarray(0, bytes))).toThrow(/ends at byte \d+, within/);
  });
});

describe('hostile archives', () => {
  it('are refused where a header is none', () => {
    const archive = tar([{ name: 'a', content: 'x' }, { name: 'b' }]);
    archive[1024 + 3] = 0x58;
    expect(() => read(archive)).toThrow('no entry starts at byte 1024');
  });

  it('cannot make it reserve memory by what they claim', () => {
    const before = process.memoryUsage().arrayBuffers;
    const reader = new TarReader({ entry: () => true, content: () => {} });
    reader.push(tar([{ name: 'a', content: 'x'.repeat(1000), claimedSize: 2 ** 33 }], { end: false }));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
    expect(() => reader.end()).toThrow('within "a"');
  });

  it('are refused when a name would take megabytes', () => {
    expect(() => read(tarHeader({ name: 'L', type: 'L', claimedSize: 2 ** 21 }, 0))).toThrow(
      'at most 1048576',
    );
  });

  it.each(['5 a=b\n', '99 path=x\n', 'path=x\n', '10 path=x\0y\n'])(
    'are refused for the records %j',
    (records) => {
      expect(() => read(tar([{ name: 'pax', type: 'x', content: records }, { name: 'a' }]))).toThrow(
        'damaged',
      );
    },
  );

  it('never make it fail in another way than with its own error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 1600 }), fc.nat(1500), (noise, at) => {
        const archive = tar([{ name: 'a', content: 'x'.repeat(600) }, pax({ path: 'p' }), { name: 'b' }]);
        archive.set(noise.subarray(0, archive.length - at), at);
        try {
          read(archive);
        } catch (error) {
          expect(error).toMatchObject({ code: 'BAD_IMAGE' });
        }
      }),
    );
  });
});

it('does not give the contents of sparse files, and goes on after them', () => {
  const sparse = tarHeader({ name: 'holes', type: 'S' }, 512);
  sparse[482] = 1;
  sparse.write('        ', 148);
  sparse.write(
    `${sparse
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0`,
    148,
  );
  const archive = Buffer.concat([sparse, Buffer.alloc(512), Buffer.alloc(512, 1), tar([{ name: 'next' }])]);
  const seen = read(archive);
  expect(seen.map(({ entry, content }) => [entry.name, entry.isSparse, content])).toEqual([
    ['holes', true, undefined],
    ['next', false, ''],
  ]);
});
