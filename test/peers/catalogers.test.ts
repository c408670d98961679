import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogers } from '../../src/images/catalogers/catalogers.ts';
import { deb } from '../../src/images/catalogers/deb.ts';
import { go } from '../../src/images/catalogers/go/go.ts';
import { java } from '../../src/images/catalogers/java/java.ts';
import { npm } from '../../src/images/catalogers/npm.ts';
import { normalizedName, python } from '../../src/images/catalogers/python.ts';
import { rpm } from '../../src/images/catalogers/rpm/rpm.ts';
import type { Package } from '../../src/model/package.ts';
import { catalogedBy, catalogFolder } from '../support/cataloged.ts';
import { berkeleyDatabase, rpmHeader } from '../support/rpm-databases.ts';

/** Catalogers beside the tools whose records they read: the same names and versions, from the same real trees. */

let work = '';
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'catalogers-'));
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

function run(command: string, args: readonly string[], cwd = work, env: NodeJS.ProcessEnv = {}): string {
  return execFileSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function has(command: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function told(packages: readonly Package[]): string[] {
  return packages.map(({ name, version }) => `${name} ${version}`).sort();
}

const lines = (text: string) => text.split('\n').filter(Boolean);
const file = (path: string, text: string | Uint8Array) => {
  mkdirSync(dirname(join(work, path)), { recursive: true });
  writeFileSync(join(work, path), text);
};

describe.skipIf(!has('dpkg-query'))('deb beside dpkg-query', () => {
  it('tells the packages of this machine, with their sources', () => {
    const status = readFileSync('/var/lib/dpkg/status');
    const packages = catalogedBy(deb, { '/var/lib/dpkg/status': status });
    const fields = ['Package', 'Version', 'Architecture', 'source:Package', 'source:Version'];
    const format = `\${db:Status-Status}\t${fields.map((field) => `\${${field}}`).join(' ')}\n`;
    const expected = lines(run('dpkg-query', ['-W', '-f', format])).flatMap((line) => {
      const [state, text = ''] = line.split('\t');
      return state === 'not-installed' || state === 'config-files' ? [] : [text];
    });
    const ours = packages.map(({ name, version, details, upstreams: [source] }) =>
      [name, version, details.architecture, source?.name ?? name, source?.version ?? version].join(' '),
    );
    expect(ours.sort()).toEqual(expected.sort());
    expect(ours.length).toBeGreaterThan(50);
  });

  it('knows the files of a package as dpkg does', () => {
    const info = '/var/lib/dpkg/info/bash.list';
    const packages = catalogedBy(deb, {
      '/var/lib/dpkg/status': readFileSync('/var/lib/dpkg/status'),
      [info]: readFileSync(info),
    });
    const listed = lines(run('dpkg-query', ['-L', 'bash']));
    const files = packages.find(({ name }) => name === 'bash')?.files ?? [];
    expect(files).toContain('/bin/bash');
    expect(files.filter((path) => !listed.includes(path))).toEqual([]);
  });

  it('reads trees made of unpacked packages, in the way of distroless images', () => {
    const root = 'distroless';
    const tree = 'package';
    file(
      `${tree}/DEBIAN/control`,
      'Package: skopos-lib\nSource: skopos (1.0-1)\nVersion: 1.0-1+b2\nArchitecture: all\nMaintainer: A <a@example.org>\nDescription: x\n',
    );
    file(`${tree}/usr/lib/python3/dist-packages/lib-1.0.dist-info/METADATA`, 'Name: lib\nVersion: 1.0\n');
    run('dpkg-deb', ['--root-owner-group', '-b', tree, 'lib.deb']);
    run('dpkg-deb', ['-x', 'lib.deb', root]);
    file(`${root}/var/lib/dpkg/status.d/skopos-lib`, run('dpkg-deb', ['-f', 'lib.deb']));
    file(
      `${root}/var/lib/dpkg/status.d/skopos-lib.md5sums`,
      run('sh', ['-c', 'find usr -type f -exec md5sum {} +'], join(work, root)),
    );
    const { packages } = catalogFolder(join(work, root), [deb, python]);
    expect(packages).toMatchObject([
      { type: 'deb', name: 'skopos-lib', upstreams: [{ name: 'skopos', version: '1.0-1' }] },
      { type: 'python', name: 'lib', version: '1.0', ownedBy: 0 },
    ]);
  });
});

const queryFormat = '%{NAME} %|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE} %{ARCH} %{SOURCERPM} %{LICENSE}\n';

function rpmTold(packages: ReturnType<typeof catalogedBy>): string[] {
  return packages
    .map(({ name, version, details, licenses, purl }) => {
      const source = decodeURIComponent(/upstream=([^&]*)/.exec(purl)?.[1] ?? '');
      return `${name} ${version} ${details.architecture} ${source} ${licenses[0]}`;
    })
    .sort();
}

describe.skipIf(!has('rpmbuild'))('rpm beside rpm -qa', () => {
  it('reads a database that rpm made', () => {
    file(
      'two.spec',
      [
        'Name: skopos-one',
        'Version: 1.2',
        'Release: 3.el9',
        'Epoch: 1',
        'Summary: x',
        'License: MIT AND Apache-2.0',
        'Vendor: Someone',
        'BuildArch: noarch',
        '%description',
        'x',
        '%package -n other',
        'Epoch: 0',
        'Summary: y',
        '%description -n other',
        'y',
        '%install',
        'mkdir -p %{buildroot}/usr/lib/one %{buildroot}/opt',
        // So many files that the header fills many pages.
        'for i in $(seq 1 800); do echo $i > %{buildroot}/usr/lib/one/file-with-quite-a-long-name-$i; done',
        'echo s > %{buildroot}/opt/sub',
        '%files',
        '/usr/lib/one',
        '%files -n other',
        '/opt/sub',
        '',
      ].join('\n'),
    );
    run('rpmbuild', ['--define', `_topdir ${work}/build`, '-bb', 'two.spec']);
    const root = join(work, 'rpm-root');
    run('sh', [
      '-c',
      `rpm --root ${root} --dbpath /var/lib/rpm --nodeps --noscripts -i build/RPMS/noarch/*.rpm`,
    ]);
    const database = readFileSync(join(root, 'var/lib/rpm/rpmdb.sqlite'));
    const packages = catalogedBy(rpm, { '/var/lib/rpm/rpmdb.sqlite': database });
    const query = ['--root', root, '--dbpath', '/var/lib/rpm'];
    expect(rpmTold(packages)).toEqual(lines(run('rpm', [...query, '-qa', '--qf', queryFormat])).sort());
    const files = packages.find(({ name }) => name === 'skopos-one')?.files ?? [];
    expect([...files].sort()).toEqual(lines(run('rpm', [...query, '-ql', 'skopos-one'])).sort());
    expect(files.length).toBeGreaterThan(800);
  });

  it('reads what rpm changed in a database that somebody else has open, so that it is still in its log', () => {
    const root = join(work, 'rpm-root');
    const path = join(root, 'var/lib/rpm/rpmdb.sqlite');
    const open = new Database(path);
    try {
      // Whoever reads keeps the database as it is: rpm cannot put its changes into it when it ends.
      open.exec('BEGIN');
      expect(open.prepare("SELECT count(*) AS count FROM 'Packages'").get()).toMatchObject({ count: 2 });
      run('rpm', ['--root', root, '--dbpath', '/var/lib/rpm', '--nodeps', '--noscripts', '-e', 'other']);
      const files = { '/var/lib/rpm/rpmdb.sqlite': readFileSync(path) };
      const log = { '/var/lib/rpm/rpmdb.sqlite-wal': readFileSync(`${path}-wal`) };
      const query = ['--root', root, '--dbpath', '/var/lib/rpm', '-qa', '--qf', queryFormat];
      const packages = catalogedBy(rpm, { ...files, ...log });
      expect(rpmTold(packages)).toEqual(lines(run('rpm', query)));
      expect(packages.map(({ name }) => name)).toEqual(['skopos-one']);
      // Without its log the database tells how it was before.
      expect(catalogedBy(rpm, files)).toHaveLength(2);
    } finally {
      open.close();
    }
  });

  it('reads a Berkeley DB as rpm itself does', () => {
    const header = (name: string, epoch: readonly number[] | undefined) =>
      rpmHeader({
        // rpm takes a header for whole only with the region that it was signed with; old ones have none.
        1000: name,
        1001: '1.0',
        1002: '1.el7',
        ...(epoch && { 1003: epoch }),
        1014: 'MIT',
        1022: 'x86_64',
        1044: `${name}-1.0-1.el7.src.rpm`,
      });
    const headers = [header('old-one', [2]), header('old-two', undefined)];
    const database = berkeleyDatabase(headers);
    file('bdb/Packages', database);
    const query = [
      '--dbpath',
      join(work, 'bdb'),
      '--define',
      '_db_backend bdb_ro',
      '--nodigest',
      '--nosignature',
    ];
    const packages = catalogedBy(rpm, { '/var/lib/rpm/Packages': database });
    expect(rpmTold(packages)).toEqual(lines(run('rpm', [...query, '-qa', '--qf', queryFormat])).sort());
    expect(packages).toHaveLength(2);
  });
});

interface NpmTree {
  readonly version?: string;
  readonly name?: string;
  readonly dependencies?: Readonly<Record<string, NpmTree>>;
}

describe.skipIf(!has('npm'))('npm beside npm ls', () => {
  it('tells the packages of a tree, nested and scoped ones too', () => {
    const packages: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      'shop@1.0.0': { a: '1.0.0', '@scope/b': '2.0.0' },
      'shop@1.0.0/a@1.0.0': { '@scope/b': '1.0.0' },
      'shop@1.0.0/a@1.0.0/@scope/b@1.0.0': {},
      'shop@1.0.0/@scope/b@2.0.0': {},
    };
    for (const [path, dependencies] of Object.entries(packages)) {
      const parts = [...path.matchAll(/((?:@\w+\/)?\w+)@([\d.]+)/g)];
      const folder = parts.map((part, i) => (i === 0 ? 'npm-tree' : `node_modules/${part[1]}`)).join('/');
      const [, name, version] = parts.at(-1) ?? [];
      file(`${folder}/package.json`, JSON.stringify({ name, version, dependencies }));
    }
    const tree = JSON.parse(run('npm', ['ls', '--all', '--json'], join(work, 'npm-tree'))) as NpmTree;
    const flat = (name: string, node: NpmTree): string[] => [
      `${name} ${node.version}`,
      ...Object.entries(node.dependencies ?? {}).flatMap(([inner, each]) => flat(inner, each)),
    ];
    const found = catalogFolder(join(work, 'npm-tree'), [npm]).packages;
    expect(told(found)).toEqual(flat(tree.name ?? '', tree).sort());
  });

  it('finds each package that a lock file says is installed here', () => {
    const root = join(import.meta.dirname, '../..');
    const lock = JSON.parse(readFileSync(join(root, 'node_modules/.package-lock.json'), 'utf8')) as {
      packages: Readonly<Record<string, { version?: string; link?: boolean }>>;
    };
    const expected = Object.entries(lock.packages).flatMap(([path, { version, link }]) => {
      const manifest = join(root, path, 'package.json');
      if (link || version === undefined || !existsSync(manifest)) return [];
      return [{ path: `/${path}/package.json`, manifest, version }];
    });
    const files = Object.fromEntries(expected.map(({ path, manifest }) => [path, readFileSync(manifest)]));
    const versions = new Map(
      catalogedBy(npm, files).map(({ locations: [at], version }) => [at?.path, version]),
    );
    expect(expected.filter(({ path, version }) => versions.get(path) !== version)).toEqual([]);
    expect(expected.length).toBeGreaterThan(100);
  });
});

describe.skipIf(!has('python3'))('python beside importlib.metadata', () => {
  it('tells the distributions of this machine', () => {
    const script =
      'import importlib.metadata as m, json\n' +
      'print(json.dumps([[str(d._path), d.metadata["Name"], d.version] for d in m.distributions() if d.metadata["Name"]]))';
    const distributions = JSON.parse(run('python3', ['-c', script])) as [string, string, string][];
    const files: Record<string, Uint8Array> = {};
    for (const [path] of distributions) {
      const metadata = [join(path, 'METADATA'), join(path, 'PKG-INFO'), path].find((each) => {
        try {
          files[each] = readFileSync(each);
          return true;
        } catch {
          return false;
        }
      });
      expect(metadata).toBeDefined();
    }
    const expected = distributions.map(([, name, version]) => `${normalizedName(name)} ${version}`).sort();
    expect(told(catalogedBy(python, files))).toEqual(expected);
  });
});

describe.skipIf(!has('go'))('go beside go version -m', () => {
  const modules = [
    ['example.org/dep', 'v1.2.3'],
    ['github.com/other/dep/v2', 'v2.0.1'],
  ] as const;

  beforeAll(() => {
    file(
      'go/go.mod',
      `module example.org/tool\n\ngo 1.19\n\nrequire (\n${modules.map((each) => `\t${each.join(' ')}\n`).join('')})\n`,
    );
    file(
      'go/main.go',
      `package main\n\nimport (\n${modules.map(([path], i) => `\td${i} "${path}"\n`).join('')})\n\nfunc main() {\n${modules.map((_, i) => `\td${i}.Call()\n`).join('')}}\n`,
    );
    file(
      'go/vendor/modules.txt',
      modules.map(([path, version]) => `# ${path} ${version}\n## explicit\n${path}\n`).join(''),
    );
    for (const [path] of modules) {
      file(
        `go/vendor/${path}/dep.go`,
        'package dep\n\n//go:noinline\nfunc Call() { println("x") }\n\nfunc Unused() { println("y") }\n',
      );
    }
  });

  it.each(['linux', 'windows', 'darwin'])(
    'tells the modules of a program for %s',
    (os) => {
      const program = join(work, `tool-${os}`);
      const flags = [
        'build',
        '-mod=vendor',
        '-buildvcs=false',
        '-ldflags',
        '-s -w -X main.version=3.1.4',
        '-o',
        program,
      ];
      run('go', flags, join(work, 'go'), {
        GOOS: os,
        GOARCH: 'amd64',
        CGO_ENABLED: '0',
        GOFLAGS: '',
        GOWORK: 'off',
      });
      const packages = catalogedBy(go, { '/tool': readFileSync(program) });
      const [first = '', ...rest] = lines(run('go', ['version', '-m', program]));
      const expected = rest.flatMap((line) => {
        const [, kind, path, version] = line.split('\t');
        if (kind === 'mod') return [`${path} v3.1.4`];
        return kind === 'dep' ? [`${path} ${version}`] : [];
      });
      const goVersion = /: (go[\d.]+)/.exec(first)?.[1] ?? '';
      expect(told(packages)).toEqual([...expected, `stdlib ${goVersion}`].sort());
      const symbols = packages.find(({ name }) => name === 'example.org/dep')?.details.goSymbols;
      // Programs for Windows do not tell where their table of functions is.
      expect(symbols).toEqual(os === 'windows' ? undefined : { 'example.org/dep': ['Call'] });
    },
    300_000,
  );
});

describe.skipIf(!has('jar'))('java beside jar', () => {
  it('reads an archive that jar made', () => {
    file(
      'jar/META-INF/maven/org.example/shop/pom.properties',
      'groupId=org.example\nartifactId=shop\nversion=4.5.6\n',
    );
    file('jar/big.txt', 'x'.repeat(100_000));
    run('jar', ['--create', '--file', 'shop-4.5.6.jar', '-C', 'jar', '.']);
    const packages = catalogedBy(java, { '/shop-4.5.6.jar': readFileSync(join(work, 'shop-4.5.6.jar')) });
    expect(packages.map(({ purl }) => purl)).toEqual(['pkg:maven/org.example/shop@4.5.6']);
  });
});

it('leaves out programs that the distribution installed, and names others', () => {
  const root = 'programs';
  const node = process.execPath;
  file(
    `${root}/var/lib/dpkg/status`,
    'Package: nodejs\nStatus: install ok installed\nVersion: 18.19.0\nArchitecture: amd64\n',
  );
  file(`${root}/var/lib/dpkg/info/nodejs.list`, '/.\n/usr/bin/node\n');
  for (const path of ['usr/bin/node', 'opt/node/bin/node']) {
    mkdirSync(dirname(join(work, root, path)), { recursive: true });
    cpSync(node, join(work, root, path), { dereference: true });
  }
  const { packages } = catalogFolder(join(work, root), catalogers);
  const programs = packages.filter(({ type }) => type === 'binary');
  expect(programs).toMatchObject([
    { name: 'node', version: process.versions.node, locations: [{ path: '/opt/node/bin/node' }] },
  ]);
});
