import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  databaseOf,
  debianPackage,
  distributionOf,
  packageOf,
  rangeOf,
  sbomOf,
} from '../../../../test/support/vulnerability-data.ts';
import type { IgnoreRule } from '../ignore-rules.ts';
import { matchSbom } from '../match-sbom.ts';
import { readVex } from './read-vex.ts';
import { VexBook } from './vex-book.ts';

const purl = 'pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&distro=debian-12.5';
const sbom = sbomOf(distributionOf('debian', '12.5'), [
  packageOf({ type: 'deb', name: 'libssl3', version: '3.0.11-1', purl }),
]);
const database = databaseOf((writer) =>
  writer.add({
    id: 'CVE-1',
    provider: 'debian',
    aliases: ['DSA-1'],
    packages: [debianPackage('libssl3', [rangeOf('dpkg', '< 9')])],
  }),
);

function ignoredBy(documents: readonly object[], ignore: readonly IgnoreRule[] = []) {
  const vex = new VexBook(documents.flatMap((one, i) => readVex(JSON.stringify(one), `vex${i}`)));
  const { ignored } = matchSbom(sbom, database, { vex, ignore, reference: 'docker.io/library/shop:1.0' });
  return ignored[0]?.ignored;
}

const openVex = (products: readonly unknown[], more: object = {}) => ({
  '@context': 'https://openvex.dev/ns/v0.2.0',
  timestamp: '2026-01-01T00:00:00Z',
  statements: [
    {
      vulnerability: { name: 'CVE-1' },
      products,
      status: 'not_affected',
      justification: 'vulnerable_code_not_present',
      ...more,
    },
  ],
});

describe('OpenVEX', () => {
  it.each([
    ['its package URL', [purl]],
    ['a package URL without qualifiers', ['pkg:deb/debian/libssl3@3.0.11-1']],
    ['a package URL without a version', [{ '@id': 'pkg:deb/debian/libssl3' }]],
    ['the image by digest', [`pkg:oci/shop@${encodeURIComponent(sbom.digest)}`]],
    ['the image by name', ['pkg:oci/shop?repository_url=docker.io%2Flibrary%2Fshop&tag=1.0']],
    ['the image by hash', [{ hashes: { 'sha-256': 'a'.repeat(64) } }]],
    [
      'the package in the image',
      [{ '@id': 'docker.io/library/shop:1.0', subcomponents: [{ '@id': 'pkg:deb/debian/libssl3' }] }],
    ],
  ])('silences a match of %s', (_what, products) => {
    expect(ignoredBy([openVex(products)])).toEqual({
      by: 'vex vex0',
      reason: 'not_affected: vulnerable_code_not_present',
    });
  });

  it.each([
    ['another version', ['pkg:deb/debian/libssl3@3.0.12-1']],
    ['another package', ['pkg:deb/debian/openssl']],
    ['another architecture', ['pkg:deb/debian/libssl3?arch=arm64']],
    ['another image', [`pkg:oci/shop@sha256%3A${'c'.repeat(64)}`]],
    ['another tag', ['pkg:oci/shop?tag=2.0']],
    ['the package in another image', [{ '@id': 'pkg:oci/other', subcomponents: [{ '@id': purl }] }]],
    [
      'another package in the image',
      [{ '@id': 'docker.io/library/shop:1.0', subcomponents: [{ '@id': 'pkg:deb/debian/zlib' }] }],
    ],
    ['nothing', ['']],
  ])('leaves a match that is of %s', (_what, products) => {
    expect(ignoredBy([openVex(products)])).toBeUndefined();
  });

  it('goes by the newest statement, and by aliases', () => {
    const affected = openVex([purl], { status: 'affected', timestamp: '2026-02-01T00:00:00Z' });
    expect(ignoredBy([affected, openVex([purl])])).toBeUndefined();
    expect(ignoredBy([openVex([purl], { vulnerability: 'dsa-1' })])).toBeDefined();
  });

  it('counts as rules choose, where there are such', () => {
    const rule = { vexStatus: 'not_affected', vexJustification: 'vulnerable_code_not_present' };
    expect(ignoredBy([openVex([purl])], [rule])).toBeDefined();
    expect(
      ignoredBy([openVex([purl])], [{ ...rule, vexJustification: 'component_not_present' }]),
    ).toBeUndefined();
    expect(
      ignoredBy([openVex([purl], { status: 'under_investigation' })], [{ vexStatus: 'under_investigation' }]),
    ).toBeDefined();
  });
});

describe('CSAF', () => {
  const csaf = (status: string) => ({
    document: { csaf_version: '2.0', tracking: { current_release_date: '2026-01-01T00:00:00Z' } },
    product_tree: {
      branches: [
        {
          branches: [
            {
              product: {
                product_id: 'P',
                name: 'libssl3',
                product_identification_helper: { purl: 'pkg:deb/debian/libssl3' },
              },
            },
          ],
        },
        { product: { product_id: 'R', name: 'Debian 12' } },
      ],
      relationships: [
        {
          product_reference: 'P',
          relates_to_product_reference: 'R',
          full_product_name: { product_id: 'R:P', name: 'x' },
        },
      ],
    },
    vulnerabilities: [
      {
        cve: 'CVE-1',
        product_status: { [status]: ['R:P'] },
        flags: [{ label: 'component_not_present', product_ids: ['R:P'] }],
        threats: [{ details: 'It is not built in.', product_ids: ['R:P'] }],
      },
    ],
  });

  it('silences what is known not to be affected, or fixed', () => {
    expect(ignoredBy([csaf('known_not_affected')])?.reason).toBe(
      'not_affected: component_not_present: It is not built in.',
    );
    expect(ignoredBy([csaf('fixed')])).toBeDefined();
    expect(ignoredBy([csaf('known_affected')])).toBeUndefined();
  });
});

it.each([
  ['{', 'no VEX document'],
  ['{}', 'expected OpenVEX or CSAF'],
  [JSON.stringify(openVex([], { status: 'fine' })), 'statements[0].status'],
])('refuses %s', (text, problem) => {
  expect(() => readVex(text, 'x')).toThrow(problem);
});

it('takes any document of the right kind, however broken', () => {
  const json = fc.jsonValue();
  const statement = fc.record({
    vulnerability: json,
    products: json,
    status: fc.constant('fixed'),
    timestamp: json,
  });
  const broken = fc.oneof(
    fc.record({ '@context': fc.constant('https://openvex.dev/ns'), statements: fc.array(statement) }),
    fc.record({
      document: fc.record({ csaf_version: fc.constant('2.0'), tracking: json }),
      product_tree: json,
      vulnerabilities: json,
    }),
    fc.record({
      document: fc.constant({ csaf_version: '2.0' }),
      product_tree: fc.record({
        branches: fc.array(fc.record({ product: json, branches: json })),
        relationships: fc.array(json),
      }),
      vulnerabilities: fc.array(fc.record({ cve: json, product_status: json, flags: json })),
    }),
  );
  fc.assert(
    fc.property(broken, (document) => {
      ignoredBy([document]);
    }),
  );
});
