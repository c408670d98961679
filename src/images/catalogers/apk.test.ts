import { expect, it } from 'vitest';
import { catalogedBy, imageOf } from '../../../test/support/cataloged.ts';
import { apk } from './apk.ts';

const alpine = { id: 'alpine', version: '3.19.1', codename: '', name: 'Alpine', idLike: [], channels: [] };

const installed = `C:Q1abc=
P:libcrypto3
V:3.1.4-r5
A:x86_64
S:1733456
I:4358144
T:Crypto library from openssl
U:https://www.openssl.org/
L:Apache-2.0
o:openssl
m:Ariadne Conill <ariadne@dereferenced.org>
t:1706312345
c:abc
F:etc
F:etc/ssl
R:openssl.cnf
Z:Q1xyz=
F:lib
R:libcrypto.so.3
a:0:0:755

P:py3-requests
V:2.31.0-r1
A:noarch
U:https://github.com/psf/requests
L:Apache-2.0
o:py3-requests

P:nodejs-current
V:21.7.3-r0
A:x86_64
U:https://nodejs.org/
L:MIT

P:broken
`;

const packages = catalogedBy(apk, { '/lib/apk/db/installed': installed }, imageOf(alpine));

it('finds each package with its origin and files', () => {
  expect(packages.map(({ name, version }) => `${name} ${version}`)).toEqual([
    'libcrypto3 3.1.4-r5',
    'py3-requests 2.31.0-r1',
    'nodejs-current 21.7.3-r0',
  ]);
  expect(packages[0]).toMatchObject({
    purl: 'pkg:apk/alpine/libcrypto3@3.1.4-r5?arch=x86_64&distro=alpine-3.19.1&upstream=openssl',
    upstreams: [{ name: 'openssl' }],
    licenses: ['Apache-2.0'],
    files: ['/etc/ssl/openssl.cnf', '/lib/libcrypto.so.3'],
  });
  expect(packages[1]?.upstreams).toEqual([]);
});

it('names packages for the vulnerability database as upstream names them', () => {
  expect(packages[1]?.cpes).toContain('cpe:2.3:a:psf:requests:2.31.0-r1:*:*:*:*:*:*:*');
  expect(packages[1]?.cpes).toContain('cpe:2.3:a:requests:requests:2.31.0-r1:*:*:*:*:*:*:*');
  expect(packages[2]?.cpes).toContain('cpe:2.3:a:nodejs:node.js:21.7.3-r0:*:*:*:*:*:*:*');
});

it('asks for the database only', () => {
  expect(apk.wants({ path: '/lib/apk/db/installed', sizeBytes: 1, mode: 0o644 }, new Uint8Array())).toBe(
    true,
  );
  expect(apk.wants({ path: '/lib/apk/db/scripts.tar', sizeBytes: 1, mode: 0o644 }, new Uint8Array())).toBe(
    false,
  );
});
