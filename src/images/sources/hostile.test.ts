import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import '../../../test/support/property-seed.ts';
import { image, ociManifestType } from '../../../test/support/oci-image.ts';
import { type TarFile, tar } from '../../../test/support/tar.ts';
import { AppError } from '../../kit/app-error.ts';
import { readChallenge } from '../registry/challenge.ts';
import { choosePlatform, readConfig, readManifest } from './manifest.ts';
import { openLocal } from './open-local.ts';

const signal = new AbortController().signal;
const folder = mkdtempSync(join(tmpdir(), 'skopos-hostile-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Documents that are nearly what they should be: the fields' names are right, their values anything. */
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(2, -1, 2 ** 60, 'sha256:0', ociManifestType, 'linux', [{}], { digest: 'x' }),
);
const fields = [
  'schemaVersion',
  'mediaType',
  'manifests',
  'config',
  'layers',
  'platform',
  'digest',
  'size',
  'rootfs',
];
const nearly = fc.dictionary(fc.constantFrom(...fields, 'diff_ids', 'os', 'architecture'), value);
const document = fc
  .record({
    schemaVersion: fc.constantFrom<unknown>(1, 2, '2'),
    manifests: fc.option(fc.array(nearly, { maxLength: 3 }), { nil: undefined }),
    layers: fc.option(fc.array(nearly, { maxLength: 3 }), { nil: undefined }),
    config: fc.option(nearly, { nil: undefined }),
    rootfs: nearly,
  })
  .map((one) => Buffer.from(JSON.stringify(one)));
const bytes = fc.oneof(
  document,
  fc.uint8Array({ maxLength: 300 }),
  fc.json().map((text) => Buffer.from(text)),
);

function appErrorOrNothing(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
  }
}

describe('what a registry sends', () => {
  it('is a manifest or a configuration, or is refused by name', () => {
    fc.assert(
      fc.property(bytes, (sent) => {
        appErrorOrNothing(() => {
          const manifest = readManifest(sent, 'shop/web:1');
          if (manifest.kind === 'index') choosePlatform(manifest.entries, 'linux/arm64', 'shop/web:1');
        });
        appErrorOrNothing(() => readConfig(sent, 'shop/web:1'));
      }),
      { numRuns: 400 },
    );
  });

  it('as a challenge is read or passed over', () => {
    const part = fc.constantFrom(
      'Bearer ',
      'Basic',
      'realm=',
      '"',
      'https://a/t',
      ',',
      '\\',
      'service=',
      ' = ',
      'x',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        const found = readChallenge(parts.join(''));
        if (found?.scheme === 'bearer') expect(found.realm).not.toBe('');
      }),
      { numRuns: 500 },
    );
  });

  it('as a challenge may be as long as a header can be', () => {
    for (const piece of ['a', 'a=', 'bearer ', 'realm="\\', ' ,'])
      expect(readChallenge(`Bearer ${piece.repeat(60_000)}`)?.scheme).not.toBe('basic');
  });
});

describe('an archive on disk', () => {
  const made = image([[{ name: 'etc/os-release', content: 'ID=debian\n' }]]);
  const index = {
    schemaVersion: 2,
    manifests: [{ mediaType: ociManifestType, digest: made.digest, size: made.manifest.length }],
  };
  const files: TarFile[] = [
    { name: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' },
    { name: 'index.json', content: JSON.stringify(index) },
    ...[...made.blobs].map(([digest, content]) => ({ name: `blobs/${digest.replace(':', '/')}`, content })),
  ];
  const archive = tar(files);

  async function open(content: Uint8Array): Promise<void> {
    const path = join(folder, 'image.tar');
    writeFileSync(path, content);
    const place = { kind: 'archive', path, name: undefined } as const;
    const opened = await openLocal(place, { reference: path, platform: 'linux/amd64', signal });
    for (const layer of opened.layers) for await (const _piece of opened.openLayer(layer, signal));
  }

  it('is opened, with what its digests say', async () => {
    await expect(open(archive)).resolves.toBeUndefined();
  });

  it('that is damaged or cut off is opened or refused by name', async () => {
    const change = fc.tuple(fc.nat(archive.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { maxLength: 12 }),
        fc.option(fc.nat(archive.length), { nil: undefined }),
        async (changes, length) => {
          const damaged = Buffer.from(archive.subarray(0, length));
          for (const [at, byte] of changes) if (at < damaged.length) damaged[at] = byte;
          await open(damaged).catch((error: unknown) => expect(error).toBeInstanceOf(AppError));
        },
      ),
      { numRuns: 150 },
    );
  });
});
