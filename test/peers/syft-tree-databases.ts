import type { Files } from '../support/cataloged.ts';

const lines = (...each: readonly string[]) => `${each.join('\n')}\n`;

interface ApkPackage {
  readonly name: string;
  readonly version: string;
  readonly origin?: string;
  readonly license?: string;
  readonly url?: string;
  readonly files?: readonly (readonly [folder: string, names: readonly string[]])[];
}

function apkStanza({
  name,
  version,
  origin = name,
  license = 'MIT',
  url = '',
  files = [],
}: ApkPackage): string {
  return [
    ...[
      'C:Q1abc=',
      `P:${name}`,
      `V:${version}`,
      'A:x86_64',
      'S:100',
      'I:1000',
      'T:what it is',
      `U:${url}`,
      `L:${license}`,
    ],
    ...[
      `o:${origin}`,
      'm:Some One <one@example.org>',
      't:1700000000',
      'c:0123',
      'D:so:libc.musl-x86_64.so.1',
    ],
    ...files.flatMap(([folder, names]) => [
      `F:${folder}`,
      ...names.flatMap((each) => [`R:${each}`, 'a:0:0:755', 'Z:Q1def=']),
    ]),
  ].join('\n');
}

export const alpineFiles: Files = {
  '/etc/os-release': lines(
    'NAME="Alpine Linux"',
    'ID=alpine',
    'VERSION_ID=3.19.1',
    'PRETTY_NAME="Alpine Linux v3.19"',
    'HOME_URL="https://alpinelinux.org/"',
  ),
  '/lib/apk/db/installed': `${[
    apkStanza({
      name: 'musl',
      version: '1.2.4_git20230717-r4',
      url: 'https://musl.libc.org/',
      files: [['lib', ['ld-musl-x86_64.so.1']]],
    }),
    apkStanza({
      name: 'busybox',
      version: '1.36.1-r15',
      license: 'GPL-2.0-only',
      url: 'https://busybox.net/',
      files: [['bin', ['busybox']]],
    }),
    apkStanza({
      name: 'busybox-binsh',
      version: '1.36.1-r15',
      origin: 'busybox',
      license: 'GPL-2.0-only',
      url: 'https://busybox.net/',
    }),
    apkStanza({
      name: 'libcrypto3',
      version: '3.1.4-r5',
      origin: 'openssl',
      license: 'Apache-2.0',
      url: 'https://www.openssl.org/',
    }),
    apkStanza({
      name: 'py3-requests',
      version: '2.31.0-r1',
      license: 'Apache-2.0',
      url: 'https://requests.readthedocs.io/',
      files: [['usr/lib/python3.11/site-packages/requests-2.31.0.dist-info', ['METADATA']]],
    }),
    apkStanza({ name: 'nodejs', version: '20.11.1-r0', license: 'MIT', url: 'https://nodejs.org/' }),
    apkStanza({ name: 'nodejs-current', version: '21.7.0-r0', url: 'https://nodejs.org/' }),
    apkStanza({ name: 'ruby-bundler', version: '2.4.15-r0', url: 'https://bundler.io/' }),
    apkStanza({
      name: 'postgresql15-client',
      version: '15.6-r0',
      origin: 'postgresql15',
      license: 'PostgreSQL',
      url: 'https://www.postgresql.org/',
    }),
    apkStanza({ name: 'lua5.3-lpeg', version: '1.0.2-r3', origin: 'lua-lpeg' }),
    apkStanza({
      name: 'llvm17-libs',
      version: '17.0.5-r0',
      origin: 'llvm17',
      license: 'Apache-2.0',
      url: 'https://llvm.org/',
    }),
    apkStanza({ name: 'curl', version: '8.5.0-r0', license: 'curl', url: 'https://curl.se/' }),
    apkStanza({
      name: 'libcurl',
      version: '8.5.0-r0',
      origin: 'curl',
      license: 'curl',
      url: 'https://curl.se/',
    }),
    apkStanza({
      name: 'gnutls',
      version: '3.8.3-r0',
      license: 'LGPL-2.1-or-later',
      url: 'https://www.gnutls.org/',
    }),
    apkStanza({ name: 'jansson', version: '2.14-r4', url: 'https://github.com/akheron/jansson' }),
    apkStanza({ name: 'python3', version: '3.11.8-r0', license: 'PSF-2.0', url: 'https://www.python.org/' }),
    apkStanza({
      name: 'alpine-baselayout-data',
      version: '3.4.3-r2',
      origin: 'alpine-baselayout',
      license: 'GPL-2.0-only',
      url: 'https://git.alpinelinux.org/cgit/aports/tree/main/alpine-baselayout',
    }),
    apkStanza({
      name: 'ca-certificates-bundle',
      version: '20240226-r0',
      origin: 'ca-certificates',
      license: 'MPL-2.0 AND MIT',
    }),
    apkStanza({ name: '.build-deps', version: '20240301.120000', license: '' }),
    apkStanza({
      name: 'glib',
      version: '2.78.4-r0',
      license: 'LGPL-2.1-or-later',
      url: 'https://wiki.gnome.org/Projects/GLib',
    }),
    apkStanza({
      name: 'make',
      version: '4.4.1-r2',
      license: 'GPL-3.0-or-later',
      url: 'https://www.gnu.org/software/make',
    }),
    apkStanza({
      name: 'openjdk17-jre',
      version: '17.0.10_p7-r0',
      origin: 'openjdk17',
      license: 'GPL-2.0-with-classpath-exception',
      url: 'https://openjdk.java.net/',
    }),
  ].join('\n\n')}\n\n`,
  '/bin/busybox': `${'x'.repeat(400)}BusyBox v1.36.1 (2023-11-07)${'\0'.repeat(100)}`,
  '/usr/lib/python3.11/site-packages/requests-2.31.0.dist-info/METADATA': lines(
    'Metadata-Version: 2.1',
    'Name: requests',
    'Version: 2.31.0',
    'Author: Kenneth Reitz',
    'License: Apache 2.0',
  ),
};

const desc = (fields: Readonly<Record<string, readonly string[]>>) =>
  Object.entries(fields)
    .map(([name, values]) => `%${name}%\n${values.join('\n')}\n`)
    .join('\n');

export const archFiles: Files = {
  '/etc/os-release': lines('NAME="Arch Linux"', 'PRETTY_NAME="Arch Linux"', 'ID=arch', 'BUILD_ID=rolling'),
  '/var/lib/pacman/local/openssl-3.2.1-1/desc': desc({
    NAME: ['openssl'],
    VERSION: ['3.2.1-1'],
    BASE: ['openssl'],
    DESC: ['x'],
    ARCH: ['x86_64'],
    LICENSE: ['Apache'],
    PACKAGER: ['A <a@archlinux.org>'],
    VALIDATION: ['pgp'],
    DEPENDS: ['glibc'],
  }),
  '/var/lib/pacman/local/openssl-3.2.1-1/files': desc({ FILES: ['usr/', 'usr/bin/', 'usr/bin/openssl'] }),
  '/var/lib/pacman/local/lib32-x-1:2.0-3/desc': desc({
    NAME: ['lib32-x'],
    VERSION: ['1:2.0-3'],
    BASE: ['x'],
    ARCH: ['x86_64'],
    LICENSE: ['GPL2', 'custom:BSD'],
  }),
  '/var/lib/pacman/local/python-pip-24.0-1/desc': desc({
    NAME: ['python-pip'],
    VERSION: ['24.0-1'],
    BASE: ['python-pip'],
    ARCH: ['any'],
    LICENSE: ['MIT'],
  }),
  '/var/lib/pacman/local/python-pip-24.0-1/files': desc({
    FILES: ['usr/', 'usr/lib/python3.11/site-packages/pip-24.0.dist-info/METADATA'],
  }),
  '/usr/lib/python3.11/site-packages/pip-24.0.dist-info/METADATA': lines(
    'Metadata-Version: 2.1',
    'Name: pip',
    'Version: 24.0',
    'License: MIT',
    'Author-email: The pip developers <distutils-sig@python.org>',
  ),
};

export const distrolessFiles: Files = {
  '/etc/os-release': lines(
    'PRETTY_NAME="Distroless"',
    'NAME="Debian GNU/Linux"',
    'ID="debian"',
    'VERSION_ID="12"',
    'VERSION="Debian GNU/Linux 12 (bookworm)"',
  ),
  '/var/lib/dpkg/status.d/libssl3': lines(
    'Package: libssl3',
    'Source: openssl',
    'Version: 3.0.11-1~deb12u2',
    'Architecture: amd64',
    'Maintainer: Debian OpenSSL Team <x@alioth>',
    'Depends: libc6 (>= 2.34)',
    'Description: x',
  ),
  '/var/lib/dpkg/status.d/libssl3.md5sums': `${'0'.repeat(32)}  usr/lib/x86_64-linux-gnu/libssl.so.3\n`,
  '/var/lib/dpkg/status.d/base': lines(
    'Package: base-files',
    'Version: 12.4+deb12u5',
    'Architecture: amd64',
    'Description: x',
  ),
  '/usr/share/doc/libssl3/copyright': lines(
    'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/',
    '',
    'Files: *',
    'Copyright: x',
    'License: Apache-2.0',
  ),
  '/var/lib/opkg/status': lines(
    'Package: dropbear',
    'Version: 2022.82-2',
    'Status: install user installed',
    'Architecture: mips_24kc',
    '',
  ),
};

export const gentooFiles: Files = {
  '/etc/os-release': lines('NAME=Gentoo', 'ID=gentoo', 'VERSION_ID=2.14'),
  '/var/db/pkg/dev-libs/openssl-3.0.13-r1/CONTENTS': `obj /usr/bin/openssl ${'0'.repeat(32)} 1700000000\n`,
  '/var/db/pkg/dev-libs/openssl-3.0.13-r1/LICENSE': 'Apache-2.0\n',
  '/var/db/pkg/sys-apps/util-linux-2.39.3/CONTENTS': 'dir /usr\n',
  '/var/db/pkg/sys-apps/util-linux-2.39.3/LICENSE': 'GPL-2 GPL-3 LGPL-2.1 BSD-4 MIT public-domain\n',
};
