import { expect, it } from 'vitest';
import {
  databaseOf,
  distributionOf,
  packageOf,
  rangeOf,
  sbomOf,
} from '../../../test/support/vulnerability-data.ts';
import type { Package } from '../../model/package.ts';
import type { WrittenVulnerability } from '../database/database-writer.ts';
import { matchSbom } from './match-sbom.ts';

function idsOf(found: Package, distribution: string, records: readonly WrittenVulnerability[]) {
  const database = databaseOf((writer) => {
    for (const record of records) writer.add(record);
  });
  const [id = '', version = ''] = distribution.split(' ');
  const sbom = sbomOf(id === '' ? undefined : distributionOf(id, version), [found]);
  return matchSbom(sbom, database).matches.map(({ vulnerability }) => vulnerability.id);
}

const anyVersion = [rangeOf('', '')];

it('what one name of a Java package is not affected by goes for its other name', () => {
  const found = packageOf({
    type: 'java-archive',
    name: 'app',
    version: '1',
    details: { pomGroupId: 'org', pomArtifactId: 'app', manifestName: 'other' },
  });
  const row = (name: string, isUnaffected: boolean) => ({
    ...{ ecosystem: 'java-archive', name, isUnaffected, ranges: [rangeOf('maven', '< 2')] },
  });
  const affected = {
    id: 'GHSA-1',
    provider: 'github',
    aliases: ['CVE-1'],
    packages: [row('org:app', false)],
  };
  const unaffected = { id: 'CVE-1', provider: 'own', packages: [row('org:other', true)] };
  expect(idsOf(found, '', [affected])).toEqual(['GHSA-1']);
  expect(idsOf(found, '', [affected, unaffected])).toEqual([]);
});

it('what the data of a type says is not affected goes for what NVD says of its CPE', () => {
  const found = packageOf({
    type: 'binary',
    name: 'tool',
    version: '1',
    cpes: ['cpe:2.3:a:maker:tool:1:*:*:*:*:*:*:*'],
  });
  const cpe = { part: 'a', vendor: 'maker', product: 'tool' };
  const affected = { id: 'CVE-1', provider: 'nvd', packages: [{ cpe, ranges: anyVersion }] };
  const unaffected = {
    id: 'CVE-1',
    provider: 'own',
    packages: [{ ecosystem: 'binary', name: 'tool', isUnaffected: true, ranges: anyVersion }],
  };
  expect(idsOf(found, '', [affected])).toEqual(['CVE-1']);
  expect(idsOf(found, '', [affected, unaffected])).toEqual([]);
});

it('of rpm it takes nothing back from the package itself', () => {
  const system = { name: 'redhat', releaseId: 'rhel', majorVersion: '9' };
  const row = { ecosystem: 'rpm', name: 'lib', system, ranges: [rangeOf('rpm', '< 2')] };
  const record = { id: 'CVE-1', provider: 'rhel', packages: [row, { ...row, isUnaffected: true }] };
  expect(idsOf(packageOf({ type: 'rpm', name: 'lib', version: '1-1' }), 'rhel 9', [record])).toEqual([
    'CVE-1',
  ]);
});

it('NVD is asked for what a package of Alpine was built from, as far as the distribution is silent', () => {
  const found = packageOf({
    type: 'apk',
    name: 'libssl3',
    version: '3.1.0-r4',
    cpes: ['cpe:2.3:a:libssl3:libssl3:3.1.0-r4:*:*:*:*:*:*:*'],
    upstreams: [{ name: 'openssl' }],
  });
  const cpe = { part: 'a', vendor: 'openssl', product: 'openssl' };
  const nvd = {
    id: 'CVE-1',
    provider: 'nvd',
    packages: [{ cpe, ranges: [rangeOf('', '<= 3.1.0', '3.1.1')] }],
  };
  const system = { name: 'alpine', majorVersion: '3', minorVersion: '18' };
  const row = { ecosystem: 'apk', name: 'openssl', system };
  const fixed = {
    id: 'CVE-1',
    provider: 'alpine',
    packages: [{ ...row, ranges: [rangeOf('apk', '< 3.1.0-r2')] }],
  };
  const elsewhere = {
    id: 'CVE-1',
    provider: 'alpine',
    packages: [{ ...row, isUnaffected: true, ranges: [rangeOf('apk', '< 1')] }],
  };
  expect(idsOf(found, 'alpine 3.18', [nvd])).toEqual(['CVE-1']);
  expect(idsOf(found, 'alpine 3.18', [nvd, fixed])).toEqual([]);
  expect(idsOf(found, 'alpine 3.18', [nvd, elsewhere])).toEqual(['CVE-1']);
});

it('an rpm that has the name of its source is judged by its own version, which has the epoch', () => {
  const found = packageOf({
    type: 'rpm',
    name: 'lib',
    version: '2:1.0-1',
    upstreams: [{ name: 'lib', version: '1.0-1' }],
  });
  const system = { name: 'redhat', releaseId: 'rhel', majorVersion: '9' };
  const row = { ecosystem: 'rpm', name: 'lib', system, ranges: [rangeOf('rpm', '< 1:5.0-1')] };
  expect(idsOf(found, 'rhel 9', [{ id: 'CVE-1', provider: 'rhel', packages: [row] }])).toEqual([]);
});

it('NVD’s ranges are read in the order of the package’s type', () => {
  const found = packageOf({
    type: 'apk',
    name: 'lib',
    version: '1.2.3_p1-r0',
    cpes: ['cpe:2.3:a:lib:lib:1.2.3_p1:*:*:*:*:*:*:*'],
  });
  const cpe = { part: 'a', vendor: 'lib', product: 'lib' };
  const nvd = { id: 'CVE-1', provider: 'nvd', packages: [{ cpe, ranges: [rangeOf('', '< 1.2.3_p10')] }] };
  expect(idsOf(found, 'alpine 3.18', [nvd])).toEqual(['CVE-1']);
});

it('zlib of Debian has nothing of MiniZip', () => {
  const system = { name: 'debian', majorVersion: '12' };
  const row = { ecosystem: 'deb', name: 'zlib1g', system, ranges: [rangeOf('dpkg', '')] };
  const record = { id: 'CVE-2023-45853', provider: 'debian', packages: [row] };
  expect(idsOf(packageOf({ type: 'deb', name: 'zlib1g', version: '1' }), 'debian 12', [record])).toEqual([]);
});
