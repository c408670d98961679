import fc from 'fast-check';
import type { WrittenPackage } from '../../src/images/database/database-writer.ts';
import type { ImageSbom } from '../../src/model/image-sbom.ts';
import { distributionOf, packageOf, sbomOf } from './vulnerability-data.ts';

/** Names that differ in case, that others begin with, and that JSON or a line would write in another way. */
const names = ['openssl', 'OpenSSL', 'openssl-dev', 'é', 'É', 'a"b\\c', "it's", 'a\tb', '', '@scope/x'];
const versions = ['1.0', '1.0-1', '1:1.0-1', '2.0~rc1', '2.0', '10', 'v1.2.3', 'no version at all', ''];
const constraints = [
  ...['< 1.0', '< 10', '<= 2.0~rc1', '< 2.0-1'],
  ...['', '< 2.0', '>= 1.0, < 2.0 || = 10', '< 1:1.0-1', '= 1.0', 'none (unknown)', '<', '< "2.0"', 'a b'],
  ...['< 2.0\t>= 1', '< 2.0\n'],
];
const types = ['dpkg', 'rpm', 'semver', 'npm', 'pep440', '', 'unknown', 'of nobody'];
const ecosystems = ['deb', 'npm', 'NPM', 'python', 'go-module', 'a,b'];
const systems = [
  { name: 'debian', majorVersion: '12' },
  { name: 'debian', majorVersion: '11' },
  { name: 'rhel', majorVersion: '9' },
] as const;

/** Told for a package. */
const inEcosystem: fc.Arbitrary<WrittenPackage> = fc
  .record({
    ecosystem: fc.constantFrom(...ecosystems),
    name: fc.constantFrom(...names),
    system: fc.option(fc.constantFrom(...systems), { nil: undefined }),
    isUnaffected: fc.boolean(),
    cves: fc.subarray(['CVE-1', 'CVE-2', 'cve-3']),
    module: fc.option(fc.constantFrom('', 'perl:5'), { nil: undefined }),
    ranges: fc.array(
      fc.record({
        version: fc.record({ type: fc.constantFrom(...types), constraint: fc.constantFrom(...constraints) }),
        fix: fc.record({
          version: fc.constantFrom(...versions),
          state: fc.constantFrom('fixed', 'wont-fix'),
        }),
      }),
      { maxLength: 3 },
    ),
  })
  .map(({ module, system, ...rest }) => ({
    ...rest,
    ...(system === undefined ? {} : { system }),
    ...(module === undefined ? {} : { qualifiers: { rpm_modularity: module } }),
  }));

const products = ['openssl', 'OpenSSL', 'x'];

/** Told for a CPE. */
const ofProduct: fc.Arbitrary<WrittenPackage> = fc
  .record({
    product: fc.constantFrom(...products),
    targetSoftware: fc.constantFrom('', 'python'),
    isUnaffected: fc.boolean(),
    constraint: fc.constantFrom(...constraints),
  })
  .map(({ product, targetSoftware, isUnaffected, constraint }) => ({
    cpe: { part: 'a', vendor: 'v', product, targetSoftware },
    isUnaffected,
    ranges: [{ version: { type: 'semver', constraint } }],
  }));

const writtenPackage = fc.oneof({ weight: 4, arbitrary: inEcosystem }, { weight: 1, arbitrary: ofProduct });

/** A vulnerability of few names, so that packages of {@link anyImage} have it. */
export const anyVulnerability = fc.record({
  id: fc.constantFrom('CVE-1', 'CVE-2', 'cve-3', 'GHSA-1', 'GHSA-2'),
  provider: fc.constantFrom('debian', 'github', 'rhel'),
  status: fc.constantFrom('active', 'rejected'),
  published: fc.constantFrom('2026-01-01 00:00:00+00:00', '2025-12-31T00:00:00Z', 'never'),
  aliases: fc.subarray(['CVE-1', 'CVE-9']),
  severities: fc.subarray(['low', 'high']),
  packages: fc.array(writtenPackage, { maxLength: 8 }),
});

/** An image of few packages. */
export const anyImage: fc.Arbitrary<ImageSbom> = fc
  .record({
    distribution: fc.constantFrom(
      distributionOf('debian', '12.5'),
      distributionOf('rhel', '9.4'),
      distributionOf('plan9', '4'),
      undefined,
    ),
    packages: fc.array(
      fc.record({
        type: fc.constantFrom('deb', 'rpm', 'npm', 'python', 'go-module', 'apk', 'binary'),
        cpes: fc.subarray(products.map((product) => `cpe:2.3:a:v:${product}:*:*:*:*:*:*:*:*`)),
        name: fc.constantFrom(...names),
        version: fc.constantFrom(...versions),
        upstreams: fc.array(fc.record({ name: fc.constantFrom(...names) }), { maxLength: 2 }),
      }),
      { maxLength: 12 },
    ),
  })
  .map(({ distribution, packages }) => sbomOf(distribution, packages.map(packageOf)));
