import { expect, it } from 'vitest';
import {
  databaseOf,
  debianPackage,
  distributionOf,
  packageOf,
  rangeOf,
  sbomOf,
} from '../../../test/support/vulnerability-data.ts';
import { matchSbom } from './match-sbom.ts';

it.each([
  ['the same software', 'debian', '2.28.1', 1],
  ['other software that came along', 'debian', '1.9.0', 0],
  ['the same software of a distribution that takes after it', 'raspbian', '2.28.1', 1],
  ['the same software of one whose data is not whole', 'amzn', '2.28.1', 0],
])("what the distribution's package owns is not told again: %s", (_what, id, version, wanted) => {
  const database = databaseOf((writer) => {
    writer.addOverride({ alias: 'raspbian', replacement: 'debian' });
    writer.addOverride({ alias: 'amzn', replacement: 'debian' });
    writer.add({
      id: 'CVE-2',
      provider: 'debian',
      packages: [debianPackage('other', [rangeOf('dpkg', '')])],
    });
    writer.add({
      id: 'GHSA-1',
      provider: 'github',
      packages: [{ ecosystem: 'python', name: 'requests', ranges: [rangeOf('python', '')] }],
    });
  });
  const sbom = sbomOf(distributionOf(id, '12', { idLike: id === 'debian' ? [] : ['debian'] }), [
    packageOf({ type: 'deb', name: 'python3-requests', version: '2.28.1+dfsg-1' }),
    packageOf({ type: 'python', name: 'requests', version, ownedBy: 0 }),
  ]);
  const { matches, ignored } = matchSbom(sbom, database);
  expect([ignored.length, matches.length]).toEqual([wanted, 1 - wanted]);
});
