import { expect, it } from 'vitest';
import { imageOf } from '../../../test/support/cataloged.ts';
import type { CatalogedPackage } from './cataloger.ts';
import { newPackage } from './new-package.ts';
import { markOwnership } from './ownership.ts';

function made(
  type: CatalogedPackage['type'],
  name: string,
  paths: readonly string[],
  files: readonly string[] = [],
) {
  const at = paths.map((path) => ({ path, layer: 'sha256:one' }));
  return newPackage({ type, name, version: '1.0', purl: '', foundBy: type, at, files });
}

const owner = made(
  'deb',
  'python3-six',
  ['/var/lib/dpkg/status'],
  ['/lib/python3/six.egg-info', '/usr/bin/six'],
);

it('marks a package whose files a package of the distribution owns, through links of folders too', () => {
  const six = made('python', 'six', ['/usr/lib/python3/six.egg-info']);
  const other = made('python', 'other', ['/usr/lib/python3/other.egg-info']);
  const marked = markOwnership([six, other, owner], imageOf(undefined, { '/lib': '/usr/lib' }));
  expect(marked.map(({ name, ownedBy }) => [name, ownedBy])).toEqual([
    ['six', 2],
    ['other', undefined],
    ['python3-six', undefined],
  ]);
  expect(marked[2]).not.toHaveProperty('files');
});

it('does not mark a package of which only a part belongs to the distribution', () => {
  const half = made('python', 'half', ['/usr/bin/six', '/opt/half']);
  expect(markOwnership([owner, half], imageOf())[1]?.ownedBy).toBeUndefined();
});

it('leaves out programs that belong to the distribution; the index of an owner stays right', () => {
  const inside = made('binary', 'six', ['/usr/bin/six']);
  const npm = made('npm', 'x', ['/usr/lib/x/package.json']);
  const nodejs = made('deb', 'node-x', ['/var/lib/dpkg/status'], ['/usr/lib/x/package.json']);
  const marked = markOwnership([inside, npm, owner, nodejs], imageOf());
  expect(marked.map(({ type, name, ownedBy }) => [type, name, ownedBy])).toEqual([
    ['npm', 'x', 2],
    ['deb', 'python3-six', undefined],
    ['deb', 'node-x', undefined],
  ]);
});

it('tells a program at several places once, with all of them', () => {
  const marked = markOwnership(
    [
      made('binary', 'python', ['/opt/bin/python3.11']),
      made('binary', 'python', ['/opt/lib/libpython3.11.so']),
    ],
    imageOf(),
  );
  expect(marked).toHaveLength(1);
  expect(marked[0]?.locations.map(({ path }) => path)).toEqual([
    '/opt/bin/python3.11',
    '/opt/lib/libpython3.11.so',
  ]);
});

it('does not let the package rpm own all packages by owning their database', () => {
  const rpm = made('rpm', 'rpm', ['/var/lib/rpm/rpmdb.sqlite'], ['/var/lib/rpm/rpmdb.sqlite']);
  const odd = made('npm', 'odd', ['/var/lib/rpm/rpmdb.sqlite']);
  expect(markOwnership([rpm, odd], imageOf())[1]?.ownedBy).toBeUndefined();
});

it('takes what a library tells of itself for the installed package', () => {
  const installed = made('rpm', 'openssl-libs', ['/var/lib/rpm/rpmdb.sqlite'], ['/usr/lib64/libssl.so.3']);
  const note = { ...made('rpm', 'openssl-libs', ['/usr/lib64/libssl.so.3']), foundBy: 'elf-notes' };
  const copied = { ...made('rpm', 'zlib', ['/opt/libz.so']), foundBy: 'elf-notes' };
  expect(markOwnership([installed, note, copied], imageOf()).map(({ name }) => name)).toEqual([
    'openssl-libs',
    'zlib',
  ]);
});
