import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../../../test/support/property-seed.ts';
import {
  builtAt,
  builtAtMs,
  distributionOf,
  packageOf,
  sbomOf,
  tempFolder,
} from '../../../test/support/vulnerability-data.ts';
import { VirtualClock } from '../../kit/clock.ts';
import type { ImageSbom } from '../../model/image-sbom.ts';
import { DatabaseWriter, type WrittenPackage } from '../database/database-writer.ts';
import { hydrate } from '../database/hydrate.ts';
import { VulnerabilityDatabase } from '../database/vulnerability-database.ts';
import { matchSbom } from './match-sbom.ts';

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

const writtenPackage: fc.Arbitrary<WrittenPackage> = fc
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

const vulnerability = fc.record({
  id: fc.constantFrom('CVE-1', 'CVE-2', 'cve-3', 'GHSA-1', 'GHSA-2'),
  provider: fc.constantFrom('debian', 'github', 'rhel'),
  status: fc.constantFrom('active', 'rejected'),
  published: fc.constantFrom('2026-01-01 00:00:00+00:00', '2025-12-31T00:00:00Z', 'never'),
  aliases: fc.subarray(['CVE-1', 'CVE-9']),
  severities: fc.subarray(['low', 'high']),
  packages: fc.array(writtenPackage, { maxLength: 8 }),
});

const image: fc.Arbitrary<ImageSbom> = fc
  .record({
    distribution: fc.constantFrom(
      distributionOf('debian', '12.5'),
      distributionOf('rhel', '9.4'),
      distributionOf('plan9', '4'),
      undefined,
    ),
    packages: fc.array(
      fc.record({
        type: fc.constantFrom('deb', 'rpm', 'npm', 'python', 'go-module'),
        name: fc.constantFrom(...names),
        version: fc.constantFrom(...versions),
        upstreams: fc.array(fc.record({ name: fc.constantFrom(...names) }), { maxLength: 2 }),
      }),
      { maxLength: 12 },
    ),
  })
  .map(({ distribution, packages }) => sbomOf(distribution, packages.map(packageOf)));

describe('a database that has been prepared', () => {
  it('gives the same matches, in the same order, as the published one that is asked for each row', () => {
    fc.assert(
      fc.property(
        fc.array(vulnerability, { minLength: 1, maxLength: 12 }),
        fc.array(image, { minLength: 1, maxLength: 3 }),
        (vulnerabilities, images) => {
          const { published, prepared } = bothOf((writer) => {
            for (const one of vulnerabilities) writer.add(one);
            writer.addExploitPrediction('cve-1', 0.5, 0.9);
            writer.addKnownExploited('CVE-2', { date_added: '2026-01-01' });
            writer.setExploitPredictionDate('2026-01-01');
          });
          try {
            for (const one of images) expect(matchSbom(one, prepared)).toEqual(matchSbom(one, published));
          } finally {
            published.close();
            prepared.close();
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('has all rows of names in pieces of whatever length', () => {
    const { published, prepared } = bothOf((writer) => {
      for (let i = 0; i < 1300; i++)
        writer.add({
          id: `CVE-${i}`,
          provider: 'github',
          packages: [
            {
              // Of each name two, which differ in case, at every place where a piece may end.
              name: i % 2 === 0 ? `name-${i}` : `NAME-${i - 1}`,
              ecosystem: 'npm',
              ranges: [{ version: { type: 'npm', constraint: '< 2' } }],
            },
          ],
        });
    });
    const all = Array.from({ length: 1300 }, (_, i) =>
      packageOf({ type: 'npm', name: `name-${i}`, version: '1' }),
    );
    const sbom = sbomOf(undefined, all);
    const { matches } = matchSbom(sbom, prepared);
    expect(matches).toHaveLength(1300);
    expect(matches).toEqual(matchSbom(sbom, published).matches);
  });
});

/** The same database as it is published, and as it is after its arrival. */
function bothOf(write: (writer: DatabaseWriter) => void) {
  const folder = tempFolder();
  const [published, prepared] = [join(folder, 'published'), join(folder, 'prepared')];
  for (const path of [published, prepared]) mkdirSync(path);
  const writer = new DatabaseWriter(join(published, 'vulnerability.db'), { builtAt });
  writer.addProvider('debian', builtAt);
  write(writer);
  writer.finish();
  cpSync(join(published, 'vulnerability.db'), join(prepared, 'vulnerability.db'));
  hydrate(join(prepared, 'vulnerability.db'));
  const options = { clock: new VirtualClock(builtAtMs + 86_400_000) };
  return {
    published: VulnerabilityDatabase.open(published, options),
    prepared: VulnerabilityDatabase.open(prepared, options),
  };
}
