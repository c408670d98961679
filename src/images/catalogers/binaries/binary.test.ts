import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogedBy } from '../../../../test/support/cataloged.ts';
import { binary } from './binary.ts';

/** Texts as real programs hold them, among what else they hold. */
function program(text: string): Buffer {
  return Buffer.concat([Buffer.alloc(300, 1), Buffer.from(text, 'latin1'), Buffer.alloc(300, 2)]);
}

describe('a program is known by its texts', () => {
  it.each([
    ['/usr/local/bin/python3.11', '\0final\x003.11.7\0%.80s (%.80s)', 'python', '3.11.7'],
    ['/usr/local/lib/libpython3.13.so.1.0', '\x003.13.0rc2\0', 'python', '3.13.0rc2'],
    ['/usr/local/bin/node', 'https://node.js/v20.11.1 ', 'node', '20.11.1'],
    ['/bin/busybox', 'BusyBox v1.36.1 (2023-11-07 18:53:09 UTC)', 'busybox', '1.36.1'],
    ['/usr/lib/libcrypto.so.1.1', '\0OpenSSL 1.1.1w  11 Sep 2023\0', 'openssl', '1.1.1w'],
    ['/usr/local/bin/redis-server', '\x007.2.4buildkitsandbox-1704811530000000000\0', 'redis', '7.2.4'],
    ['/usr/local/bin/redis-server', 'Server started, Redis version 2.8.23', 'redis', '2.8.23'],
    ['/usr/sbin/nginx', 'nginx version: nginx/1.25.4', 'nginx', '1.25.4'],
    ['/usr/local/apache2/bin/httpd', 'Apache/2.4.58 (Unix)', 'httpd', '2.4.58'],
    ['/usr/local/sbin/haproxy', 'HAProxy version 2.8.5-aaba8d0, released 2023/12/07', 'haproxy', '2.8.5'],
    ['/usr/local/sbin/php-fpm', 'X-Powered-By: PHP/8.2.15', 'php', '8.2.15'],
    ['/usr/local/bin/perl', '/usr/local/lib/perl5/5.38.2/x86_64', 'perl', '5.38.2'],
    [
      '/usr/local/lib/libruby.so.3.3',
      'ruby 3.3.0 (2023-12-25 revision 5124f9ac75) [x86_64-linux]',
      'ruby',
      '3.3.0',
    ],
    ['/usr/local/bin/postgres', '\0PostgreSQL 16.1 (Debian 16.1-1)\0', 'postgresql', '16.1'],
    ['/usr/sbin/mariadbd', '11.2.2-MariaDB-1:11.2.2', 'mariadb', '11.2.2'],
    ['/usr/sbin/mysqld', '/build/percona-server-8.0.35-27/sql/', 'percona-server', '8.0.35-27'],
    ['/usr/sbin/mysqld', '/release/mysql-8.0.36/sql/main.cc', 'mysql-server', '8.0.36'],
    ['/bin/bash', '@(#)Bash version 5.2.21(1) release GNU', 'bash', '5.2.21'],
    ['/usr/bin/memcached', 'memcached 1.6.23', 'memcached', '1.6.23'],
    ['/usr/lib/erlang/bin/erlexec', '/usr/src/otp_src_26.2.1/erts/', 'erlang', '26.2.1'],
    ['/opt/ldapsearch', '$OpenLDAP: ldapsearch 2.6.6 (Oct 1 2023)', 'openldap', '2.6.6'],
    ['/opt/zstd', '\0v1.5.5\0', 'zstd', '1.5.5'],
    ['/opt/jq', '\x001.7.1\0', 'jq', '1.7.1'],
    ['/opt/ffmpeg', '%s version 6.1.1\0', 'ffmpeg', '6.1.1'],
    ['/opt/libavcodec.so.60', 'FFmpeg version 6.0\0', 'ffmpeg', '6.0'],
    ['/opt/deno', 'Deno/1.41.0cli/', 'deno', '1.41.0'],
    ['/opt/bun', 'Bun v1.0.26 (Linux)', 'bun', '1.0.26'],
    ['/opt/dart', '\x003.2.6 (stable)', 'dart', '3.2.6'],
    ['/opt/elixir', 'ELIXIR_VERSION=1.16.0-rc.1\n', 'elixir', '1.16.0-rc.1'],
    ['/opt/gcc', 'GCC: (GNU) 13.2.0', 'gcc', '13.2.0'],
    ['/opt/traefik', '\x002.10.7\0', 'traefik', '2.10.7'],
    ['/opt/wp', 'wp-cli/wp-cli 2.9.0', 'wp-cli', '2.9.0'],
    ['/opt/libkrb5.so.3', '\0KRB5_BRAND: krb5-1.20.1-final 1.20.1 20221115\0', 'krb5', '1.20.1'],
  ])('%s with "%s" is %s %s', (path, text, name, version) => {
    expect(catalogedBy(binary, { [path]: program(text) })).toMatchObject([
      { type: 'binary', name, version, purl: `pkg:generic/${name}@${version}` },
    ]);
  });

  it('and has the package URL by which it is known', () => {
    const [found] = catalogedBy(binary, { '/opt/fluent-bit': program('\x002.2.2\0\0\0Fluent Bit') });
    expect(found?.purl).toBe('pkg:github/fluent/fluent-bit@2.2.2');
  });

  it('but not by its name alone', () => {
    expect(catalogedBy(binary, { '/usr/bin/node': program('something else v1.2.3') })).toEqual([]);
  });

  it('and has the names of the vulnerability database', () => {
    const [found] = catalogedBy(binary, { '/opt/httpd': program('Apache/2.4.58') });
    expect(found?.cpes).toEqual(['cpe:2.3:a:apache:http_server:2.4.58:*:*:*:*:*:*:*']);
    const [erlang] = catalogedBy(binary, { '/opt/erlexec': program('/otp_src_26.2.1/') });
    expect(erlang?.cpes).toEqual(['cpe:2.3:a:erlang:erlang\\/otp:26.2.1:*:*:*:*:*:*:*']);
  });
});

it('never fails, whatever a file of such a name holds', () => {
  const names = ['python3.11', 'node', 'redis-server', 'nginx', 'mysqld', 'haproxy', 'postgres'];
  const pieces = [
    '\0',
    '3.',
    'node.js/v',
    '-1',
    'nginx/',
    '-MariaDB',
    'HAProxy version',
    '\0PostgreSQL ',
    '1.2.3',
    'a',
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.array(fc.constantFrom(...pieces), { maxLength: 300 }),
      (name, parts) => {
        catalogedBy(binary, { [`/bin/${name}`]: program(parts.join('')) });
      },
    ),
    { numRuns: 100 },
  );
});
