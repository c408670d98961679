import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageOf } from '../../../test/support/cataloged.ts';
import { elfFile } from '../../../test/support/elf-file.ts';
import { AppError } from '../../kit/app-error.ts';
import { assemblePackages } from './assemble.ts';
import type { Cataloger, LayerFile } from './cataloger.ts';
import { catalogers } from './catalogers.ts';
import { distributionReader } from './distribution.ts';

const readers = [...catalogers, distributionReader];

it('each has a name of its own', () => {
  expect(new Set(readers.map(({ name }) => name)).size).toBe(readers.length);
});

/** A path that each of them wants, whatever is in it. */
const paths = [
  '/etc/os-release',
  '/bin/busybox',
  '/var/lib/dpkg/status',
  '/var/lib/dpkg/info/a.list',
  '/usr/share/doc/a/copyright',
  '/var/lib/rpm/Packages',
  '/var/lib/rpm/rpmdb.sqlite-wal',
  '/var/lib/rpmmanifest/container-manifest-2',
  '/lib/apk/db/installed',
  '/var/lib/pacman/local/a/desc',
  '/var/db/pkg/a/b-1/CONTENTS',
  '/app/package.json',
  '/app/a.dist-info/METADATA',
  '/app/a.dist-info/direct_url.json',
  '/app/a.jar',
  '/opt/java/release',
  '/usr/lib/ruby/specifications/a-1.gemspec',
  '/app/vendor/composer/installed.json',
  '/usr/share/php/.registry/a.reg',
  '/app/a.deps.json',
  '/app/a.dll',
  '/usr/lib/R/library/a/DESCRIPTION',
  '/a.rockspec',
  '/a/conaninfo.txt',
  '/opt/bitnami/a/.spdx-a.spdx',
  '/wp-content/plugins/a/a.php',
  '/boot/vmlinuz',
  '/usr/local/bin/node',
];

describe('any bytes', () => {
  const json = fc.json({ maxDepth: 3 }).map((text) => Buffer.from(text));
  const lines = fc
    .array(
      fc.constantFrom(
        'Package: a',
        'Version: 1',
        '',
        'Name: b',
        ' c',
        'P:a',
        'V:1',
        '%NAME%',
        '[x]',
        'dep\ta\tv1',
        ': ',
        'ID="',
        "a='",
      ),
    )
    .map((all) => Buffer.from(all.join('\n')));
  const programs = fc
    .dictionary(
      fc.constantFrom('.go.buildinfo', '.dep-v0', '.note.package', '.gopclntab'),
      fc.uint8Array({ maxLength: 200 }),
    )
    .map((sections) => elfFile(sections));
  const marked = fc
    .tuple(
      fc.constantFrom(
        '\x7fELF',
        'MZ',
        'PK\x03\x04',
        '\xca\xfe\xba\xbe\0\0\0\x01',
        '\xcf\xfa\xed\xfe',
        'SQLite format 3\0',
      ),
      fc.uint8Array({ maxLength: 2000 }),
    )
    .map(([start, rest]) => Buffer.concat([Buffer.from(start, 'latin1'), rest]));
  const anything = fc.oneof(fc.uint8Array({ maxLength: 3000 }), json, lines, programs, marked);

  it('are read, passed over, or refused by name', () => {
    fc.assert(
      fc.property(fc.constantFrom(...paths), anything, (path, content) => {
        const file = { path, sizeBytes: content.length, mode: 0o755 };
        for (const cataloger of catalogers) catalogedOrRefused(cataloger, file, content);
        if (distributionReader.wants(file, content)) distributionReader.read(file, content);
      }),
      { numRuns: 1500 },
    );
  });
});

function catalogedOrRefused(cataloger: Cataloger, file: LayerFile, content: Uint8Array): void {
  if (!cataloger.wants(file, content.subarray(0, 64))) return;
  try {
    const evidence = cataloger.read(file, content);
    if (evidence === undefined) return;
    // Evidence is kept as JSON.
    expect(JSON.parse(JSON.stringify(evidence))).toEqual(evidence);
    cataloger.assemble([{ path: file.path, layer: '', evidence }], imageOf());
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
  }
}

it('asking all of them for a file costs next to nothing', () => {
  const asked = Array.from({ length: 20_000 }, (_, i) => ({
    path: `/usr/lib/python3/dist-packages/some/module-${i % 97}/file_${i}.${['py', 'so', 'js', 'txt'][i % 4]}`,
    sizeBytes: 1000,
    mode: 0o644,
  }));
  const head = new Uint8Array(64);
  const started = process.cpuUsage();
  let wanted = 0;
  for (const file of asked) for (const reader of readers) if (reader.wants(file, head)) wanted++;
  const { user, system } = process.cpuUsage(started);
  expect(wanted).toBe(0);
  // Far above what it takes (about 2 µs a file), so that a busy machine does not matter.
  expect((user + system) / asked.length).toBeLessThan(100);
});

it('tells a package that two links of one file show only once', () => {
  const npm = catalogers.filter(({ name }) => name === 'npm');
  const file = { path: '/app/package.json', layer: 'x', evidence: { name: 'a', version: '1', licenses: [] } };
  const found = new Map([['npm', [file, { ...file }]]]);
  expect(assemblePackages(npm, found, imageOf(), () => {})).toHaveLength(1);
});
