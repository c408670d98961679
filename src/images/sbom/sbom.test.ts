import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spdxProblems } from '../../../test/support/spdx-problems.ts';
import {
  databaseOf,
  debianPackage,
  distributionOf,
  packageOf,
  rangeOf,
  sbomOf,
} from '../../../test/support/vulnerability-data.ts';
import type { ImageSbom } from '../../model/image-sbom.ts';
import { matchSbom } from '../match/match-sbom.ts';
import { readSbom } from './read-sbom.ts';

import { toCycloneDx } from './to-cyclonedx.ts';
import { toSpdx } from './to-spdx.ts';

const options = {
  name: 'registry.example/shop:1',
  version: '0.1.0',
  nowMs: Date.parse('2026-01-02T03:04:05Z'),
};

const sbom: ImageSbom = {
  ...sbomOf(distributionOf('debian', '12.5', { codename: 'bookworm', idLike: ['x'], build: 'rolling' }), [
    packageOf({
      type: 'deb',
      name: 'libssl3',
      version: '3.0.11-1~deb12u2',
      purl: 'pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12.5&upstream=openssl',
      cpes: ['cpe:2.3:a:libssl3:libssl3:3.0.11-1\\~deb12u2:*:*:*:*:*:*:*'],
      licenses: ['Apache-2.0', 'some text, with a comma'],
      locations: [{ path: '/var/lib/dpkg/status', layer: 'sha256:1' }],
      upstreams: [{ name: 'openssl', version: '3.0.11-1' }],
      details: { architecture: 'amd64', vendor: 'Debian' },
    }),
    packageOf({
      type: 'npm',
      name: '@a/b',
      version: '1.0.0',
      language: 'javascript',
      licenses: ['MIT OR Apache-2.0'],
      ownedBy: 0,
      purl: 'pkg:npm/%40a/b@1.0.0',
    }),
    packageOf({
      type: 'binary',
      name: 'redis',
      version: '6',
      purl: '',
      details: { goSymbols: { 'x/y': ['A', 'B'] } },
    }),
  ]),
  layers: ['sha256:1'],
  partial: [{ where: '/a', reason: 'too large' }],
};

describe('CycloneDX', () => {
  const folder = join(import.meta.dirname, '../../../node_modules/@cyclonedx/cyclonedx-library/res/schema');
  const schemaOf = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as object;
  const ajv = new Ajv({ strict: false, allErrors: true });
  (addFormats as unknown as (to: Ajv) => void)(ajv);
  for (const format of ['iri-reference', 'idn-email']) ajv.addFormat(format, true);
  ajv.addSchema(
    schemaOf('spdx.SNAPSHOT.schema.json'),
    'http://cyclonedx.org/schema/spdx.SNAPSHOT.schema.json',
  );
  ajv.addSchema(
    schemaOf('jsf-0.82.SNAPSHOT.schema.json'),
    'http://cyclonedx.org/schema/jsf-0.82.SNAPSHOT.schema.json',
  );
  const validate = ajv.compile(schemaOf('bom-1.6.SNAPSHOT.schema.json'));
  const problemsOf = (text: string) => (validate(JSON.parse(text)) ? [] : validate.errors);

  it('is valid by its schema, and reads back as it was', () => {
    const text = toCycloneDx(sbom, options);
    expect(problemsOf(text)).toEqual([]);
    expect(readSbom(text, 'x')).toEqual(sbom);
  });

  it('has the vulnerabilities, with those that do not count told apart', () => {
    const database = databaseOf((writer) => {
      const packages = [debianPackage('openssl', [rangeOf('dpkg', '< 9', '9')])];
      const severities = ['high', { vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', version: '3.1' }];
      writer.add({
        id: 'CVE-1',
        provider: 'debian',
        severities,
        urls: ['https://example.org/a b', 'no url'],
        published: '2026-01-01T00:00:00Z',
        packages,
      });
      writer.add({ id: 'CVE-2', provider: 'debian', packages });
    });
    const { matches, ignored } = matchSbom(sbom, database, {
      ignore: [{ vulnerability: 'CVE-2', reason: 'why' }],
    });
    const text = toCycloneDx(sbom, { ...options, matches: [...matches, ...ignored] });
    expect(problemsOf(text)).toEqual([]);
    expect((JSON.parse(text) as { vulnerabilities: unknown }).vulnerabilities).toMatchObject([
      { id: 'CVE-1', affects: [{ ref: 'package-0' }], recommendation: 'Upgrade libssl3 to 9.' },
      { id: 'CVE-2', analysis: { state: 'not_affected', detail: 'ignore rule: why' } },
    ]);
  });

  it('of another tool is read by its package URLs', () => {
    const text = JSON.stringify({
      bomFormat: 'CycloneDX',
      specVersion: '1.4',
      components: [
        { type: 'operating-system', name: 'alpine', version: '3.18.4' },
        {
          type: 'library',
          name: 'busybox',
          version: '1.36.1-r2',
          purl: 'pkg:apk/alpine/busybox@1.36.1-r2?arch=x86_64&distro=alpine-3.18.4',
        },
        {
          type: 'library',
          group: 'org.apache',
          name: 'log4j-core',
          version: '2.14.0',
          purl: 'pkg:maven/org.apache/log4j-core@2.14.0',
          components: [
            { type: 'library', name: 'inner', version: '1', purl: 'pkg:golang/example.com/a/inner@v1.0.0' },
          ],
        },
        { type: 'file', name: '/etc/passwd' },
      ],
    });
    const read = readSbom(text, 'x');
    expect(read.distribution).toMatchObject({ id: 'alpine', version: '3.18.4' });
    expect(read.packages).toMatchObject([
      { type: 'apk', name: 'busybox', details: { architecture: 'x86_64' } },
      {
        type: 'java-archive',
        name: 'log4j-core',
        language: 'java',
        details: { pomGroupId: 'org.apache', pomArtifactId: 'log4j-core' },
      },
      { type: 'go-module', name: 'example.com/a/inner', version: '1' },
    ]);
  });
});

describe('SPDX', () => {
  it('has what the specification demands, and reads back as it was', () => {
    const text = toSpdx(sbom, options);
    expect(spdxProblems(JSON.parse(text))).toEqual([]);
    expect(readSbom(text, 'x')).toEqual(sbom);
  });

  it('of another tool is read by its package URLs', () => {
    const text = JSON.stringify({
      spdxVersion: 'SPDX-2.2',
      relationships: [
        {
          spdxElementId: 'SPDXRef-DOCUMENT',
          relationshipType: 'DESCRIBES',
          relatedSpdxElement: 'SPDXRef-root',
        },
      ],
      packages: [
        { SPDXID: 'SPDXRef-root', name: 'image' },
        {
          SPDXID: 'SPDXRef-1',
          name: 'openssl-libs',
          versionInfo: '3.0.7-27.el9',
          externalRefs: [
            {
              referenceCategory: 'PACKAGE_MANAGER',
              referenceType: 'purl',
              referenceLocator:
                'pkg:rpm/redhat/openssl-libs@3.0.7-27.el9?arch=x86_64&epoch=1&distro=rhel-9.4&upstream=openssl-3.0.7-27.el9.src.rpm',
            },
          ],
        },
      ],
    });
    const read = readSbom(text, 'x');
    expect(read.distribution).toMatchObject({ id: 'rhel', version: '9.4' });
    expect(read.packages).toMatchObject([
      {
        type: 'rpm',
        name: 'openssl-libs',
        upstreams: [{ name: 'openssl', version: '3.0.7-27.el9' }],
        details: { epoch: 1 },
      },
    ]);
  });
});

it("reads Syft's JSON", () => {
  const read = readSbom(
    JSON.stringify({
      artifacts: [
        {
          name: 'example.com/app',
          version: '(devel)',
          type: 'go-module',
          language: 'go',
          purl: 'pkg:golang/example.com/app',
          cpes: [{ cpe: 'cpe:2.3:a:x:y:1:*:*:*:*:*:*:*' }],
          locations: [{ path: '/app', layerID: 'sha256:1' }],
          metadata: {
            mainModule: 'example.com/app',
            goCompiledVersion: 'go1.22.1',
            symbols: { 'example.com/x': ['(*T[go.shape.int]).M-fm', 'T.M'] },
          },
        },
        {
          name: 'My_Lib',
          version: '1',
          type: 'python',
          purl: 'pkg:pypi/my-lib@1',
        },
        {
          name: 'app',
          version: '1',
          type: 'java-archive',
          purl: 'pkg:maven/org.example/app@1',
          metadata: { manifest: { main: [{ key: 'Name', value: 'theApp' }] } },
        },
      ],
      distro: { id: 'debian', versionID: '12', idLike: [], extendedSupport: true },
      source: { metadata: { manifestDigest: 'sha256:9' } },
    }),
    'x',
  );
  expect(read).toMatchObject({
    digest: 'sha256:9',
    distribution: { id: 'debian', version: '12', channels: ['eus', 'esm'] },
    packages: [
      {
        name: 'example.com/app',
        version: '(devel)',
        details: { goMainModule: 'example.com/app', goSymbols: { 'example.com/x': ['T.M'] } },
        locations: [{ path: '/app' }],
      },
      { name: 'My_Lib' },
      { name: 'app', details: { manifestName: 'theApp' } },
    ],
  });
});

it.each([
  ['', 'no SBOM in JSON'],
  ['<bom/>', 'it is XML'],
  ['SPDXVersion: SPDX-2.3\n', 'it is SPDX in its form of tags'],
  ['[]', 'no SBOM'],
  ['{"spdxVersion":"SPDX-3.0"}', 'SPDX SPDX-3.0 is not read'],
  ['{"bomFormat":"CycloneDX","components":{"name":"x"}}', '"components" is no list'],
  ['{"spdxVersion":"SPDX-2.3","packages":"none"}', '"packages" is no list'],
])('refuses %j', (text, problem) => {
  expect(() => readSbom(text, 'file.json')).toThrow(problem);
});

it.each([
  ['pkg:deb/debian/curl@7.50.3-1?distro=jessie', 'debian', 'jessie'],
  ['pkg:deb/ubuntu/curl@7?distro=ubuntu-jammy', 'ubuntu', 'jammy'],
  ['pkg:deb/debian/curl@7?distro=12', 'debian', '12'],
  ['pkg:apk/wolfi/curl@8', 'wolfi', ''],
  ['pkg:alpm/arch/curl@8?distro=arch-rolling', 'arch', ''],
  ['pkg:rpm/opensuse/curl@8?distro=opensuse-leap-15.5', 'opensuse-leap', '15.5'],
])('tells the distribution by %s', (purl, id, version) => {
  const artifacts = [{ name: 'curl', version: '1', purl }];
  expect(readSbom(JSON.stringify({ artifacts }), 'x').distribution).toMatchObject({ id, version });
});

it('takes a document that begins with a byte order mark', () => {
  expect(readSbom('\uFEFF{"artifacts":[{"name":"a","version":"1"}]}', 'x').packages).toHaveLength(1);
});

it('keeps the place of a package whose version is none, and is partial then', () => {
  const artifacts = [
    { name: 'a', version: '1'.repeat(2000), purl: 'pkg:npm/a@1' },
    { name: 'b', version: '1', purl: 'pkg:npm/b@1' },
  ];
  const { packages, partial } = readSbom(JSON.stringify({ artifacts }), 'file.json');
  expect(packages.map(({ name, version }) => [name, version])).toEqual([
    ['a', ''],
    ['b', '1'],
  ]);
  expect(partial).toEqual([
    {
      where: 'file.json',
      reason: 'the name or version of 1 of its packages has more than 1000 characters',
    },
  ]);
});

it.each(['pkg:constructor/a@1', 'pkg:__proto__/a@1', 'pkg:toString/a@1'])(
  'knows no kind of package by the name of what every object has: %s',
  (purl) => {
    const { packages } = readSbom(JSON.stringify({ artifacts: [{ name: 'a', version: '1', purl }] }), 'x');
    expect(packages).toMatchObject([{ type: 'unknown' }]);
  },
);

it('reads a note with a kind of package that we do not know as one of no kind', () => {
  const text = toCycloneDx(sbom, options).replaceAll('\\"type\\":\\"npm\\"', '\\"type\\":\\"constructor\\"');
  expect(readSbom(text, 'x').packages[1]).toMatchObject({ type: 'unknown', name: '@a/b' });
});

it('takes any document of the right kind, however broken', () => {
  const kinds = fc.constantFrom({ bomFormat: 'CycloneDX' }, { spdxVersion: 'SPDX-2.3' }, { artifacts: [{}] });
  const json = fc.jsonValue();
  const fields = fc.record(
    { components: json, packages: json, metadata: json, relationships: json, distro: json, source: json },
    { requiredKeys: [] },
  );
  const component = fc.record(
    {
      name: json,
      version: json,
      purl: fc.oneof(
        json,
        fc.string().map((text) => `pkg:${text}`),
      ),
      cpe: json,
      properties: json,
      licenses: json,
      annotations: json,
      externalRefs: json,
      locations: json,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(kinds, fields, fc.array(component), (kind, more, list) => {
      const document = { ...more, ...kind, components: list, packages: list, artifacts: list };
      const read = readSbom(
        JSON.stringify('artifacts' in kind ? document : { ...document, artifacts: undefined }),
        'x',
      );
      expect(
        read.packages.every(({ name, version }) => typeof name === 'string' && typeof version === 'string'),
      ).toBe(true);
    }),
  );
});
