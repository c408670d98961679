import { describe, expect, it } from 'vitest';
import {
  databaseOf,
  debianPackage,
  distributionOf,
  packageOf,
  rangeOf,
  sbomOf,
  tempFolder,
} from '../../../test/support/vulnerability-data.ts';
import { VulnerabilityDatabase } from '../database/vulnerability-database.ts';
import { matchSbom } from './match-sbom.ts';

const debian = distributionOf('debian', '12.5');

describe('coverage', () => {
  const deb = packageOf({ type: 'deb', name: 'x', version: '1' });

  it('is unknown without a database', () => {
    const { coverage } = matchSbom(sbomOf(debian, [deb]), VulnerabilityDatabase.open(tempFolder()));
    expect(coverage).toMatchObject({
      state: 'unknown',
      reasons: [expect.stringContaining('There is no vulnerability database')],
    });
  });

  it.each([
    [distributionOf('plan9', '4'), 'unknown', 'does not know the distribution plan9 4'],
    [distributionOf('debian', '99'), 'unknown', 'does not know the distribution debian 99'],
    [undefined, 'unidentified', 'nothing in it tells of which'],
    [distributionOf('debian', '13'), 'empty', 'no advisories for debian 13'],
  ])('is unknown for %j', (distribution, state, reason) => {
    const database = databaseOf((writer) => {
      writer.addSystem({ name: 'debian', majorVersion: '13' });
      writer.add({
        id: 'CVE-1',
        provider: 'debian',
        packages: [debianPackage('x', [rangeOf('dpkg', '< 9')])],
      });
    });
    const { coverage, matches } = matchSbom(sbomOf(distribution, [deb]), database);
    expect(matches).toEqual([]);
    expect(coverage).toMatchObject({ state: 'unknown', distribution: { state } });
    expect(coverage.reasons.join(' ')).toContain(reason);
    expect(coverage.unjudged).toEqual([{ reason: 'distribution', packages: [0] }]);
  });

  it.each([
    ['there are no packages', [], 'No packages were found in it'],
    ['no package could be judged', [packageOf({ type: 'npm', name: 'y', version: '' })], 'has no version'],
  ])('is unknown when %s', (_what, packages, reason) => {
    const database = databaseOf((writer) =>
      writer.add({
        id: 'GHSA-1',
        provider: 'github',
        packages: [{ ecosystem: 'npm', name: 'x', ranges: [rangeOf('semver', '< 2')] }],
      }),
    );
    const { coverage } = matchSbom(sbomOf(undefined, packages), database);
    expect(coverage.state).toBe('unknown');
    expect(coverage.reasons.join(' ')).toContain(reason);
  });

  it('takes no name of architecture, language or severity for what every object has', () => {
    const database = databaseOf((writer) =>
      writer.add({
        id: 'GHSA-1',
        provider: 'github',
        severities: ['constructor'],
        packages: [
          {
            ...{ ecosystem: 'npm', name: 'x', qualifiers: { architecture: ['__proto__', 'constructor'] } },
            ranges: [rangeOf('semver', '< 2')],
          },
          { ecosystem: 'npm', name: 'x', ranges: [rangeOf('semver', '< 2')] },
        ],
      }),
    );
    const { matches } = matchSbom(
      sbomOf(undefined, [packageOf({ type: 'npm', name: 'x', version: '1' })]),
      database,
    );
    expect(matches.map(({ vulnerability: { severity } }) => severity)).toEqual(['Unknown']);
  });

  it('is partial when versions or the image could not be read', () => {
    const database = databaseOf((writer) =>
      writer.add({
        id: 'GHSA-1',
        provider: 'github',
        packages: [{ ecosystem: 'npm', name: 'x', ranges: [rangeOf('semver', '< 2')] }],
      }),
    );
    const sbom = sbomOf(undefined, [
      packageOf({ type: 'npm', name: 'z', version: '1' }),
      packageOf({ type: 'npm', name: 'x', version: 'not a version' }),
      packageOf({ type: 'npm', name: 'y', version: '' }),
    ]);
    const partial = [{ where: '/big.jar', reason: 'too large' }];
    const { coverage } = matchSbom({ ...sbom, partial }, database);
    expect(coverage.state).toBe('partial');
    expect(coverage.unjudged).toEqual([
      { reason: 'unreadable-version', packages: [1] },
      { reason: 'no-version', packages: [2] },
    ]);
    expect(coverage.reasons.join(' ')).toContain('/big.jar: too large');
  });
});
