import { describe, expect, it } from 'vitest';
import { catalogedBy, debian12, imageOf } from '../../../test/support/cataloged.ts';
import { deb } from './deb.ts';

const status = `Package: libssl3
Status: install ok installed
Architecture: amd64
Source: openssl (3.0.11-1~deb12u2)
Version: 3.0.11-1~deb12u2+b1
Maintainer: Debian OpenSSL Team
Conffiles:
 /etc/ssl/openssl.cnf 0123456789abcdef0123456789abcdef
 /etc/ssl/old.cnf 0123456789abcdef0123456789abcdef obsolete
Description: Secure Sockets Layer
 Version: 9.9 is no field here
 .
 more

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1.0

Package: never
Status: purge ok not-installed
Version: 1.0

Package: held
Status: hold ok installed
Architecture: all
Version: 2:1.0-1

Package: waiting
Status: install ok triggers-awaited
Architecture: all
Version: 3.0
`;

describe('packages of dpkg', () => {
  const packages = catalogedBy(
    deb,
    {
      '/var/lib/dpkg/status': status,
      '/var/lib/dpkg/info/libssl3:amd64.list':
        '/.\n/usr/lib/x86_64-linux-gnu/libssl.so.3\n/usr/share/man/x.gz\n',
      '/var/lib/dpkg/info/held.md5sums': '0123456789abcdef0123456789abcdef  usr/bin/held it\n',
      '/usr/share/doc/held/copyright':
        'Format: x\n\nFiles: *\nLicense: MIT\n\nFiles: debian/*\nLicense: GPL-2+\n text\n',
      '/usr/share/doc/waiting/copyright': 'Free. See /usr/share/common-licenses/GPL-3.\n',
    },
    imageOf(debian12),
  );
  const named = (name: string) => packages.find((found) => found.name === name);

  it('are those that are on the disk, whatever is wanted of them', () => {
    expect(packages.map(({ name, version }) => `${name} ${version}`)).toEqual([
      'libssl3 3.0.11-1~deb12u2+b1',
      'held 2:1.0-1',
      'waiting 3.0',
    ]);
  });

  it('name their source with its own version', () => {
    expect(named('libssl3')).toMatchObject({
      upstreams: [{ name: 'openssl', version: '3.0.11-1~deb12u2' }],
      purl: 'pkg:deb/debian/libssl3@3.0.11-1~deb12u2%2Bb1?arch=amd64&distro=debian-12.5&upstream=openssl%403.0.11-1~deb12u2',
      details: { architecture: 'amd64', vendor: 'Debian OpenSSL Team' },
      locations: [{ path: '/var/lib/dpkg/status', layer: 'sha256:one' }],
    });
    expect(named('held')?.upstreams).toEqual([]);
  });

  it('own what their lists, sums and configuration files name', () => {
    expect(named('libssl3')?.files).toEqual([
      '/etc/ssl/openssl.cnf',
      '/etc/ssl/old.cnf',
      '/usr/lib/x86_64-linux-gnu/libssl.so.3',
    ]);
    expect(named('held')?.files).toEqual(['/usr/bin/held it']);
  });

  it('have the licenses of their copyright files', () => {
    expect(named('held')?.licenses).toEqual(['GPL-2+', 'MIT']);
    expect(named('waiting')?.licenses).toEqual(['GPL-3']);
  });
});

it('reads a distroless image, where each package has a file of its own', () => {
  const packages = catalogedBy(
    deb,
    {
      '/var/lib/dpkg/status.d/libssl3':
        'Package: libssl3\nVersion: 3.0.11-1\nArchitecture: amd64\nSource: openssl\n',
      '/var/lib/dpkg/status.d/libssl3.md5sums': '0123456789abcdef0123456789abcdef  usr/lib/libssl.so.3\n',
      '/var/lib/dpkg/status.d/base': 'Package: base-files\nVersion: 12.4\nArchitecture: amd64\n',
      '/var/lib/dpkg/status.d/base.md5sums': '0123456789abcdef0123456789abcdef  etc/issue\n',
    },
    imageOf(debian12),
  );
  expect(packages.map(({ name, files }) => [name, files])).toEqual([
    ['libssl3', ['/usr/lib/libssl.so.3']],
    ['base-files', ['/etc/issue']],
  ]);
  expect(packages[0]?.upstreams).toEqual([{ name: 'openssl' }]);
});

it('reads the packages of opkg', () => {
  const packages = catalogedBy(deb, {
    '/usr/lib/opkg/info/busybox.control': 'Package: busybox\nVersion: 1.36.1-1\nArchitecture: mipsel_24kc\n',
    '/usr/lib/opkg/info/busybox.list': '/bin/busybox\n',
  });
  expect(packages).toMatchObject([{ name: 'busybox', version: '1.36.1-1', files: ['/bin/busybox'] }]);
});

it('keeps the packages of a second root folder apart from those of the first', () => {
  const packages = catalogedBy(deb, {
    '/var/lib/dpkg/status': 'Package: a\nVersion: 1\n',
    '/var/lib/dpkg/info/a.list': '/bin/a\n',
    '/srv/chroot/var/lib/dpkg/status': 'Package: a\nVersion: 2\n',
    '/srv/chroot/var/lib/dpkg/info/a.list': '/bin/other\n',
  });
  expect(packages.map(({ version, files }) => [version, files])).toEqual([
    ['1', ['/bin/a']],
    ['2', ['/bin/other']],
  ]);
});
