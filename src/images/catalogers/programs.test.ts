import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { catalogedBy } from '../../../test/support/cataloged.ts';
import { elfFile } from '../../../test/support/elf-file.ts';
import { AppError } from '../../kit/app-error.ts';
import { bitnami } from './bitnami.ts';
import { elfNotes } from './elf-notes.ts';
import { linuxKernel } from './linux-kernel.ts';
import { rust } from './rust.ts';

describe('a program of Rust', () => {
  const packed = (json: unknown) =>
    elfFile({ '.text': Buffer.alloc(10), '.dep-v0': deflateSync(JSON.stringify(json)) });

  it('tells its crates, where it was built so; but not what ran only while building', () => {
    const program = packed({
      packages: [
        { name: 'ripgrep', version: '13.0.0', root: true },
        { name: 'regex', version: '1.5.4', kind: 'runtime' },
        { name: 'cc', version: '1.0.0', kind: 'build' },
      ],
    });
    expect(catalogedBy(rust, { '/usr/bin/rg': program }).map(({ purl }) => purl)).toEqual([
      'pkg:cargo/ripgrep@13.0.0',
      'pkg:cargo/regex@1.5.4',
    ]);
    expect(catalogedBy(rust, { '/bin/true': elfFile({ '.text': Buffer.alloc(10) }) })).toEqual([]);
  });

  it('with a damaged list, or one that unpacks to far too much, is told', () => {
    expect(() => catalogedBy(rust, { '/x': elfFile({ '.dep-v0': Buffer.from('no zlib') }) })).toThrow(
      AppError,
    );
    const bomb = elfFile({ '.dep-v0': deflateSync(Buffer.alloc(80 * 1024 * 1024)) });
    expect(() => catalogedBy(rust, { '/x': bomb })).toThrow('/x: this list of crates cannot be read');
  });
});

it('knows the package that a library was built for', () => {
  const json =
    '{"type":"rpm","name":"zlib-ng","version":"2.1.5-1.fc40","architecture":"x86_64","os":"fedora","osVersion":"40"}';
  const note = Buffer.alloc(16 + json.length + 3);
  note.writeUInt32LE(4, 0);
  note.writeUInt32LE(json.length, 4);
  note.writeUInt32LE(0xcafe1a7e, 8);
  note.write('FDO\0', 12, 'latin1');
  note.write(json, 16);
  expect(catalogedBy(elfNotes, { '/opt/libz.so': elfFile({ '.note.package': note }) })).toMatchObject([
    {
      type: 'rpm',
      name: 'zlib-ng',
      version: '2.1.5-1.fc40',
      purl: 'pkg:rpm/fedora/zlib-ng@2.1.5-1.fc40?arch=x86_64&distro=fedora-40',
    },
  ]);
});

it('knows a kernel by the header for boot loaders', () => {
  const kernel = Buffer.alloc(0x1000);
  kernel.write('HdrS', 0x202, 'latin1');
  kernel.writeUInt16LE(0x400, 0x20e);
  kernel.write('6.1.0-18-amd64 (debian-kernel@lists.debian.org) #1 SMP', 0x600, 'latin1');
  const packages = catalogedBy(linuxKernel, {
    '/boot/vmlinuz-6.1.0-18-amd64': kernel,
    '/boot/vmlinuz-other': Buffer.alloc(0x1000),
  });
  expect(packages).toMatchObject([
    {
      name: 'linux-kernel',
      version: '6.1.0-18-amd64',
      cpes: ['cpe:2.3:o:linux:linux_kernel:6.1.0:*:*:*:*:*:*:*'],
    },
  ]);
});

it('takes what Bitnami says of its own packages', () => {
  const document = {
    packages: [
      {
        name: 'apache',
        versionInfo: '2.4.58',
        licenseConcluded: 'Apache-2.0',
        externalRefs: [
          {
            referenceType: 'purl',
            referenceLocator: 'pkg:bitnami/apache@2.4.58-1?arch=amd64&distro=debian-11',
          },
          {
            referenceType: 'cpe23Type',
            referenceLocator: 'cpe:2.3:*:apache:http_server:2.4.58:*:*:*:*:*:*:*',
          },
        ],
      },
      {
        name: 'left-pad',
        externalRefs: [{ referenceType: 'purl', referenceLocator: 'pkg:npm/left-pad@1.0.0' }],
      },
      null,
    ],
  };
  const packages = catalogedBy(bitnami, {
    '/opt/bitnami/apache/.spdx-apache.spdx': JSON.stringify(document),
  });
  expect(packages).toMatchObject([
    {
      type: 'bitnami',
      name: 'apache',
      version: '2.4.58',
      licenses: ['Apache-2.0'],
      cpes: ['cpe:2.3:a:apache:http_server:2.4.58:*:*:*:*:*:*:*'],
    },
  ]);
});
