import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import type { Files } from '../support/cataloged.ts';

/** A program, as far as texts in it tell what it is. */
const program = (text: string) =>
  Buffer.concat([Buffer.alloc(400, 1), Buffer.from(text, 'latin1'), Buffer.alloc(400, 2)]);

/** Where programs lie that no package manager installed, with the texts by which they are known. */
export const programFiles: Files = Object.fromEntries(
  Object.entries({
    '/usr/local/bin/python3.11': '\x003.11.7\0',
    '/usr/local/lib/libpython3.11.so.1.0': '\x003.11.7\0',
    '/usr/local/lib/libpypy3.9-c.so': '[PyPy 7.3.13 with GCC 10.2.1]',
    '/usr/local/bin/node': 'node.js/v20.11.1',
    '/opt/bb/busybox': 'BusyBox v1.36.1 (2023)',
    '/usr/local/bin/openssl': '\0OpenSSL 3.1.4 24 Oct 2023\0',
    '/usr/local/bin/redis-server': '\x017.2.4buildkitsandbox-1704811530000000000\0',
    '/usr/local/bin/valkey-server': '\x018.0.1buildkitsandbox-1704811530000000000\0',
    '/usr/sbin/nginx': '\0nginx version: nginx/1.25.4\0',
    '/usr/local/apache2/bin/httpd': 'Apache/2.4.58 (Unix)',
    '/usr/local/sbin/haproxy': 'HAProxy version 2.8.5-aaba8d0, released 2023/12/07',
    '/usr/bin/memcached': 'memcached 1.6.23',
    '/usr/local/bin/perl': '/usr/local/lib/perl5/5.38.2/x86_64',
    '/usr/local/bin/ruby': 'ruby 3.3.0 (2023-12-25 revision 5124f9ac75) [x86_64-linux]',
    '/usr/lib/postgresql/16/bin/postgres': '\0PostgreSQL 16.1 (Debian 16.1-1)\0',
    '/usr/bin/mariadb': '11.2.2-MariaDB-1:11.2.2',
    '/opt/mysql/bin/mysqld': '/release/mysql-8.0.36/sql/main.cc',
    '/opt/bash/bash': '@(#)Bash version 5.2.21(1) release GNU',
    '/opt/curl/curl': 'curl/8.5.0',
    '/opt/xz/xz': '\0xz (XZ Utils) 5.4.5\0',
    '/opt/lighttpd/lighttpd': '\0lighttpd/1.4.73\0',
    '/opt/util/getopt': '\0util-linux 2.39.3\0',
    '/opt/ldap/ldapsearch': '$OpenLDAP: ldapsearch 2.6.6',
    '/opt/proftpd/proftpd': '\0ProFTPD Version 1.3.8b\0',
    '/usr/lib/erlang/erts/bin/erlexec': '\0/usr/src/otp_src_26.2.1/erts/\0',
    '/usr/local/bin/composer': "'pretty_version' => '2.6.6'",
    '/opt/zstd/zstd': '\0v1.5.5\0',
    '/opt/jq/jq': '\x001.7.1\0',
    '/opt/ffmpeg/ffmpeg': '%s version 6.1.1\0',
    '/opt/deno/deno': 'Deno/1.41.0cli/',
    '/opt/bun/bun': 'bun-1.1.0',
    '/opt/gcc/bin/gcc': 'GCC: (GNU) 13.2.0',
    '/opt/traefik/traefik': '\x002.10.7\0',
    '/opt/fluent/fluent-bit': '\x002.2.2\0Fluent Bit',
    '/opt/dart/dart': '\x003.2.6 (stable)',
    '/opt/wp/wp': 'wp-cli/wp-cli 2.9.0',
    '/opt/elixir/bin/elixir': 'ELIXIR_VERSION=1.16.0',
    '/opt/java/bin/java': '\0openjdk\0java\x000.0\x0017.0.9+9\0',
    '/opt/krb/libkrb5.so.3': '\0KRB5_BRAND: krb5-1.20.1-final 1.20.1 20221115\0',
  }).map(([path, text]) => [path, program(text)]),
);

const elf = '/usr/bin/true';

/** A program of Rust as `cargo auditable` leaves it; none where there is no objcopy. */
function rustFiles(work: string): Files {
  const packages = [
    { name: 'tool', version: '0.3.0', source: 'local', kind: 'runtime', dependencies: [1], root: true },
    { name: 'serde', version: '1.0.193', source: 'crates.io', kind: 'runtime', dependencies: [] },
    { name: 'cc', version: '1.0.83', source: 'crates.io', kind: 'build', dependencies: [] },
  ];
  const [list, made] = [join(work, 'dep-v0'), join(work, 'rusty')];
  writeFileSync(list, deflateSync(JSON.stringify({ packages })));
  try {
    execFileSync('objcopy', ['--add-section', `.dep-v0=${list}`, elf, made]);
  } catch {
    return {};
  }
  return { '/usr/local/bin/rusty': readFileSync(made) };
}

/** A program of Go with modules, built here; none where there is no Go. */
function goFiles(work: string): Files {
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(work, path)), { recursive: true });
    writeFileSync(join(work, path), text);
  };
  const modules = [
    'example.org/dep v1.2.3',
    'github.com/other/dep/v2 v2.0.1',
    'golang.org/x/net v0.17.0',
    'gopkg.in/yaml.v3 v3.0.1',
  ];
  const paths = modules.map((each) => each.split(' ')[0] ?? '');
  write(
    'go/go.mod',
    `module github.com/skopos/tool\n\ngo 1.21\n\nrequire (\n${modules.map((each) => `\t${each}\n`).join('')})\n`,
  );
  write(
    'go/main.go',
    `package main\n\nimport (\n${paths.map((path, i) => `\td${i} "${path}"\n`).join('')})\n\nfunc main() {\n${paths.map((_, i) => `\td${i}.Call()\n`).join('')}}\n`,
  );
  write('go/vendor/modules.txt', modules.map((each, i) => `# ${each}\n## explicit\n${paths[i]}\n`).join(''));
  for (const path of paths)
    write(`go/vendor/${path}/dep.go`, 'package dep\n\nfunc Call() { println("x") }\n');
  try {
    const flags = [
      'build',
      '-mod=vendor',
      '-buildvcs=false',
      '-ldflags',
      '-s -w -X main.version=3.1.4',
      '-o',
      '../tool',
    ];
    const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' };
    execFileSync('go', flags, { cwd: join(work, 'go'), env, stdio: 'ignore' });
  } catch {
    return {};
  }
  return { '/usr/local/bin/tool': readFileSync(join(work, 'tool')) };
}

/** A program that Go brings, which is of no module with a version. */
function gofmtFiles(): Files {
  try {
    const path = join(execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).trim(), 'bin/gofmt');
    return { '/opt/gofmt': readFileSync(path) };
  } catch {
    return {};
  }
}

/** Programs that are built here, and real ones of the distribution without its records. */
export function builtFiles(): Files {
  const work = mkdtempSync(join(tmpdir(), 'syft-built-'));
  try {
    return {
      ...rustFiles(work),
      ...goFiles(work),
      ...gofmtFiles(),
    };
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** A database that rpm made, closed; none where there is no rpmbuild. */
export function rpmFiles(): Files {
  const work = mkdtempSync(join(tmpdir(), 'syft-rpm-'));
  const run = (command: string, args: readonly string[]) =>
    execFileSync(command, args, { cwd: work, stdio: 'ignore' });
  const spec = [
    'Name: skopos-one',
    'Version: 1.2',
    'Release: 3.el9',
    'Epoch: 1',
    'Summary: x',
    'License: MIT AND Apache-2.0',
    'Vendor: Someone, Inc.',
    'BuildArch: noarch',
    '%description',
    'x',
    '%package -n other',
    'Epoch: 0',
    'Summary: y',
    'License: GPLv2+',
    '%description -n other',
    'y',
    '%install',
    'mkdir -p %{buildroot}/usr/lib/python3.9/site-packages/lib-1.0.dist-info',
    'printf "Metadata-Version: 2.1\\nName: lib\\nVersion: 1.0\\n" > %{buildroot}/usr/lib/python3.9/site-packages/lib-1.0.dist-info/METADATA',
    'mkdir -p %{buildroot}/opt; echo s > %{buildroot}/opt/sub',
    '%files',
    '/usr/lib/python3.9',
    '%files -n other',
    '/opt/sub',
    '',
  ];
  writeFileSync(join(work, 'two.spec'), spec.join('\n'));
  try {
    run('rpmbuild', ['--define', `_topdir ${work}/build`, '-bb', 'two.spec']);
    const root = join(work, 'root');
    run('sh', [
      '-c',
      `rpm --root ${root} --dbpath /var/lib/rpm --nodeps --noscripts -i build/RPMS/noarch/*.rpm`,
    ]);
    const metadata = '/usr/lib/python3.9/site-packages/lib-1.0.dist-info/METADATA';
    return {
      '/etc/os-release':
        'NAME="Red Hat Enterprise Linux"\nID="rhel"\nID_LIKE="fedora"\nVERSION_ID="9.3"\nPRETTY_NAME="Red Hat Enterprise Linux 9.3 (Plow)"\nCPE_NAME="cpe:/o:redhat:enterprise_linux:9::baseos"\n',
      '/var/lib/rpm/rpmdb.sqlite': readFileSync(join(root, 'var/lib/rpm/rpmdb.sqlite')),
      [metadata]: readFileSync(join(root, metadata)),
    };
  } catch {
    return {};
  } finally {
    rmSync(work, { recursive: true });
  }
}
