import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogedBy } from '../../../../test/support/cataloged.ts';
import { elfFile } from '../../../../test/support/elf-file.ts';
import { go } from './go.ts';
import { mainVersion } from './main-version.ts';

const mark = Buffer.alloc(16, 0x30);

function varint(length: number): Buffer {
  const bytes: number[] = [];
  let rest = length;
  for (; rest >= 0x80; rest >>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}

/** As Go's linker writes it since 1.18. */
function inlineInfo(version: string, modules: string): Buffer {
  const header = Buffer.alloc(32);
  header.write('\xff Go buildinf:', 0, 'latin1');
  header[14] = 8;
  header[15] = 2;
  const text = Buffer.concat([mark, Buffer.from(modules), mark]);
  return Buffer.concat([header, varint(version.length), Buffer.from(version), varint(text.length), text]);
}

const modules = [
  'path\texample.org/tool/cmd/tool',
  'mod\texample.org/tool\t(devel)\t',
  'dep\tgithub.com/gorilla/mux\tv1.8.0\th1:abc=',
  'dep\tgolang.org/x/net\tv0.1.0\th1:abc=',
  '=>\texample.org/fork/net\tv0.2.0\th1:abc=',
  'dep\texample.org/local\tv1.5.0',
  '=>\t../local\t(devel)\t',
  'build\t-ldflags="-s -w -X main.version=1.4.2 -X \'main.date=2024-01-01\'"',
  'build\tGOARCH=amd64',
  'build\tvcs.revision=0123456789abcdef0123',
  'build\tvcs.time=2024-03-01T10:20:30Z',
  '',
].join('\n');

describe('a program of Go', () => {
  it.each([
    ['since 1.18', elfFile({ '.text': Buffer.alloc(40), '.go.buildinfo': inlineInfo('go1.22.1', modules) })],
    ['before', pointerProgram('go1.17.13', modules)],
  ])('tells its modules, %s', (_when, program) => {
    const packages = catalogedBy(go, { '/usr/bin/tool': program });
    expect(packages.map(({ name, version }) => `${name} ${version}`)).toEqual([
      'example.org/tool v1.4.2',
      'github.com/gorilla/mux v1.8.0',
      'example.org/fork/net v0.2.0',
      'example.org/local v1.5.0',
      expect.stringMatching(/^stdlib go1\.(?:22\.1|17\.13)$/),
    ]);
    expect(packages[1]).toMatchObject({
      purl: 'pkg:golang/github.com/gorilla/mux@v1.8.0',
      cpes: ['cpe:2.3:a:gorilla:mux:v1.8.0:*:*:*:*:*:*:*'],
      details: { goMainModule: 'example.org/tool' },
    });
  });

  it('of another language is passed over', () => {
    expect(catalogedBy(go, { '/bin/true': elfFile({ '.text': Buffer.alloc(100) }) })).toEqual([]);
  });

  it('names the standard library as databases do', () => {
    const packages = catalogedBy(go, {
      '/x': elfFile({ '.go.buildinfo': inlineInfo('go1.22rc1 X:boringcrypto', 'path\tx\n') }),
    });
    expect(packages.at(-1)).toMatchObject({
      name: 'stdlib',
      version: 'go1.22rc1',
      purl: 'pkg:golang/stdlib@1.22rc1',
      cpes: ['cpe:2.3:a:golang:go:1.22:rc1:*:*:*:*:*:*'],
    });
  });

  it('never fails, however it is damaged', () => {
    const program = elfFile({
      '.text': Buffer.alloc(40),
      '.go.buildinfo': inlineInfo('go1.22.1', modules),
      '.gopclntab': functionTable,
    });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(program.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 }),
        (changes) => {
          const damaged = Buffer.from(program);
          for (const [at, byte] of changes) damaged[at] = byte;
          catalogedBy(go, { '/x': damaged });
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** Before Go 1.18: addresses of strings, each an address and a length. */
function pointerProgram(version: string, text: string): Buffer {
  const data = Buffer.alloc(16 + 16);
  const header = Buffer.alloc(32);
  header.write('\xff Go buildinf:', 0, 'latin1');
  header[14] = 8;
  header.writeBigUInt64LE(0x20000n, 16);
  header.writeBigUInt64LE(0x20010n, 24);
  const marked = Buffer.concat([mark, Buffer.from(text), mark]);
  data.writeBigUInt64LE(0x30000n, 0);
  data.writeBigUInt64LE(BigInt(version.length), 8);
  data.writeBigUInt64LE(0x40000n, 16);
  data.writeBigUInt64LE(BigInt(marked.length), 24);
  return elfFile({
    '.go.buildinfo': header,
    '.data': data,
    '.version': Buffer.from(version),
    '.modules': marked,
  });
}

const names = [
  'main.main',
  'golang.org/x/net/http2.(*Server).ServeConn',
  'golang.org/x/net/http2.(*Server).ServeConn.func1',
  'golang.org/x/net/http2.ConfigureServer',
  'gopkg.in/yaml%2ev2.unmarshal[go.shape.int]',
  'net/http.Header.Get',
  'type:.eq.net/http.Header',
  '',
].join('\0');
const functionTable = (() => {
  const header = Buffer.alloc(72);
  header.writeUInt32LE(0xfffffff1, 0);
  header[6] = 1;
  header[7] = 8;
  header.writeBigUInt64LE(72n, 8 + 3 * 8);
  header.writeBigUInt64LE(BigInt(72 + names.length), 8 + 4 * 8);
  return Buffer.concat([header, Buffer.from(names)]);
})();

it('tells which functions of its modules a program holds', () => {
  const program = elfFile({
    '.go.buildinfo': inlineInfo(
      'go1.22.1',
      'path\tx.org/m\nmod\tx.org/m\tv1.0.0\ndep\tgolang.org/x/net\tv0.1.0\ndep\tgopkg.in/yaml.v2\tv2.0.0\n',
    ),
    '.gopclntab': functionTable,
  });
  const packages = catalogedBy(go, { '/x': program });
  expect(packages.map(({ name, details }) => [name, details.goSymbols])).toEqual([
    ['x.org/m', undefined],
    ['golang.org/x/net', { 'golang.org/x/net/http2': ['ConfigureServer', 'Server.ServeConn'] }],
    ['gopkg.in/yaml.v2', { 'gopkg.in/yaml.v2': ['unmarshal'] }],
    ['stdlib', { 'net/http': ['Header.Get'] }],
  ]);
});

it.each([
  ['what it is', 'v1.2.3', {}, 'v1.2.3'],
  [
    'the commit, where nothing else is known',
    '(devel)',
    { 'vcs.revision': '0123456789abcdef', 'vcs.time': '2024-03-01T10:20:30Z' },
    'v0.0.0-20240301102030-0123456789ab',
  ],
  ['what the build set', '(devel)', { '-ldflags': '-X x.org/m/internal.Version=v2.0.1' }, 'v2.0.1'],
  [
    'not what the build set for another module',
    '(devel)',
    { '-ldflags': '-X other.org/m.Version=v2.0.1' },
    '(devel)',
  ],
  ['not a date', '(devel)', { '-ldflags': '-X main.version=today' }, '(devel)'],
])('the main module has the version of %s', (_what, version, settings, expected) => {
  expect(mainVersion({ path: 'x.org/m', version }, settings)).toBe(expected);
});
