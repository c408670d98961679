import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import { catalogedBy, imageOf } from '../../../../test/support/cataloged.ts';
import { berkeleyDatabase, ndbDatabase, rpmHeader } from '../../../../test/support/rpm-databases.ts';
import { AppError } from '../../../kit/app-error.ts';
import { rpm } from './rpm.ts';
import { sqliteTable } from './sqlite-table.ts';

const rhel = { id: 'rhel', version: '9.3', codename: '', name: 'RHEL', idLike: ['fedora'], channels: [] };

const openssl = rpmHeader({
  1000: 'openssl-libs',
  1001: '3.0.7',
  1002: '27.el9',
  1003: [1],
  1011: 'Red Hat, Inc.',
  1014: 'ASL 2.0',
  1022: 'x86_64',
  1044: 'openssl-3.0.7-27.el9.src.rpm',
  1116: [0, 1, 1],
  1117: ['libssl.so.3', 'a', 'b'],
  1118: ['/usr/lib64/', '/usr/share/openssl/'],
});
const module = rpmHeader({
  1000: 'nodejs',
  1001: '18.19.0',
  1002: '1.module+el9',
  1022: 'x86_64',
  1044: 'nodejs-18.19.0-1.module+el9.src.rpm',
  1117: Array.from({ length: 3000 }, (_, i) => `a-name-of-some-length-${i}`),
  1118: ['/usr/lib/node_modules/'],
  1116: Array.from({ length: 3000 }, () => 0),
  5096: 'nodejs:18:9030020240116:rhel9',
});
const key = rpmHeader({ 1000: 'gpg-pubkey', 1001: 'fd431d51', 1002: '4ae0493b' });
const headers = [openssl, key, module];

function sqliteDatabase(blobs: readonly Buffer[], pageSize = 4096): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'rpm-'));
  try {
    const db = new Database(join(folder, 'rpmdb.sqlite'));
    db.exec(
      `PRAGMA page_size = ${pageSize}; CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)`,
    );
    db.exec("CREATE TABLE 'Name' (key TEXT NOT NULL, hnum INTEGER NOT NULL, idx INTEGER NOT NULL)");
    for (const blob of blobs) db.exec(`INSERT INTO Packages (blob) VALUES (X'${blob.toString('hex')}')`);
    db.close();
    return readFileSync(join(folder, 'rpmdb.sqlite'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.each([
  ['SQLite', '/var/lib/rpm/rpmdb.sqlite', sqliteDatabase(headers)],
  ['SQLite in small pages', '/usr/lib/sysimage/rpm/rpmdb.sqlite', sqliteDatabase(headers, 512)],
  ['SQLite in large pages', '/usr/share/rpm/rpmdb.sqlite', sqliteDatabase(headers, 65_536)],
  ['ndb', '/usr/lib/sysimage/rpm/Packages.db', ndbDatabase(headers)],
  ['Berkeley DB', '/var/lib/rpm/Packages', berkeleyDatabase(headers)],
])('a database in %s', (_format, path, bytes) => {
  it('tells of its packages, but of no keys', () => {
    const packages = catalogedBy(rpm, { [path]: bytes }, imageOf(rhel));
    expect(packages.map(({ name, version }) => `${name} ${version}`)).toEqual([
      'openssl-libs 1:3.0.7-27.el9',
      'nodejs 18.19.0-1.module+el9',
    ]);
    expect(packages[0]).toMatchObject({
      purl: 'pkg:rpm/redhat/openssl-libs@3.0.7-27.el9?arch=x86_64&distro=rhel-9.3&epoch=1&upstream=openssl-3.0.7-27.el9.src.rpm',
      upstreams: [{ name: 'openssl', version: '3.0.7-27.el9' }],
      details: { architecture: 'x86_64', modularity: '', epoch: 1, vendor: 'Red Hat, Inc.' },
      licenses: ['ASL 2.0'],
      files: ['/usr/lib64/libssl.so.3', '/usr/share/openssl/a', '/usr/share/openssl/b'],
    });
    expect(packages[1]).toMatchObject({
      upstreams: [],
      details: { modularity: 'nodejs:18:9030020240116:rhel9' },
    });
    expect(packages[1]?.details.epoch).toBeUndefined();
    expect(packages[1]?.files).toHaveLength(3000);
  });

  it('is refused by name where it is cut off', () => {
    const cut = bytes.subarray(0, bytes.length - 4096);
    expect(() => catalogedBy(rpm, { [path]: cut })).toThrow(AppError);
    expect(() => catalogedBy(rpm, { [path]: cut })).toThrow(path);
  });

  it('never fails otherwise than by name, however it is damaged', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 40 }),
        fc.boolean(),
        (changes, nearStart) => {
          const damaged = Buffer.from(bytes);
          for (const [at, byte] of changes) damaged[nearStart ? at % 600 : at] = byte;
          onlyAppErrors(() => catalogedBy(rpm, { [path]: damaged }));
        },
      ),
      { numRuns: 60 },
    );
  });
});

function onlyAppErrors(run: () => void): void {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
  }
}

it('reads SQLite tables of any size as SQLite does', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 5000 }), { maxLength: 60 }),
      fc.constantFrom(512, 1024, 4096),
      (blobs, pageSize) => {
        const file = sqliteDatabase(
          blobs.map((blob) => Buffer.from(blob)),
          pageSize,
        );
        const rows = [...(sqliteTable(file, 'Packages') ?? [])];
        expect(rows.map((row) => Buffer.from(row[1] as Uint8Array).toString('hex'))).toEqual(
          blobs.map((blob) => Buffer.from(blob).toString('hex')),
        );
      },
    ),
    { numRuns: 15 },
  );
});

it('says what a file is not, when it is no database', () => {
  expect(() => catalogedBy(rpm, { '/var/lib/rpm/Packages': 'hello' })).toThrow(
    '/var/lib/rpm/Packages: this rpm database cannot be read: it is neither SQLite, ndb nor a Berkeley DB hash',
  );
});

it('reads the list that images without a database have', () => {
  const line = [
    'openssl-libs',
    '1.1.1k-17.cm2',
    '1653816591',
    '1653753130',
    'Microsoft',
    '(none)',
    '123',
    'x86_64',
    '0',
    'openssl-1.1.1k-17.cm2.src.rpm',
  ];
  const packages = catalogedBy(rpm, { '/var/lib/rpmmanifest/container-manifest-2': `${line.join('\t')}\n` });
  expect(packages).toMatchObject([
    {
      name: 'openssl-libs',
      version: '1.1.1k-17.cm2',
      upstreams: [{ name: 'openssl', version: '1.1.1k-17.cm2' }],
    },
  ]);
  expect(packages[0]?.details.epoch).toBeUndefined();
});
