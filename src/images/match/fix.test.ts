import { expect, it } from 'vitest';
import {
  databaseOf,
  distributionOf,
  packageOf,
  rangeOf,
  sbomOf,
} from '../../../test/support/vulnerability-data.ts';
import type { WrittenPackage } from '../database/database-writer.ts';
import { matchSbom } from './match-sbom.ts';

/** What is told of fixes of a package in its version, by rows about it. */
function fixOf(version: string, ...rows: readonly WrittenPackage['ranges'][]) {
  const database = databaseOf((writer) =>
    writer.add({
      id: 'GHSA-1',
      provider: 'github',
      packages: rows.map((ranges) => ({ ecosystem: 'npm', name: 'lib', ranges })),
    }),
  );
  const sbom = sbomOf(undefined, [packageOf({ type: 'npm', name: 'lib', version })]);
  return matchSbom(sbom, database).matches[0]?.fix;
}

const lines = [
  rangeOf('semver', '< 1.2.3', '1.2.3'),
  rangeOf('semver', '>= 2.0.0, < 2.1.0', '2.1.0'),
  rangeOf('semver', '>= 3.0.0'),
];

it('has the versions of all lines that are newer than what is installed', () => {
  expect(fixOf('1.0.0', lines)).toEqual({ state: 'fixed', versions: ['1.2.3', '2.1.0'] });
  expect(fixOf('2.0.5', lines)).toEqual({ state: 'fixed', versions: ['2.1.0'] });
  expect(fixOf('3.0.0', lines)).toEqual({ state: 'not-fixed', versions: [] });
});

it('of a row without ranges is not known, and the row holds for all versions', () => {
  expect(fixOf('1.0.0', [])).toEqual({ state: 'unknown', versions: [] });
});

it('of several rows is that of which the most is known', () => {
  const [fixed, open, closed] = [
    [rangeOf('semver', '< 2.0.0', '2.0.0')],
    [rangeOf('semver', '< 3.0.0')],
    [rangeOf('semver', '< 3.0.0', undefined, 'wont-fix')],
  ];
  expect(fixOf('1.0.0', closed, fixed)).toEqual({ state: 'fixed', versions: ['2.0.0'] });
  expect(fixOf('1.0.0', closed, open)).toEqual({ state: 'not-fixed', versions: [] });
});

it('with extended support is one that the own minor release can have', () => {
  const system = { name: 'redhat', releaseId: 'rhel', majorVersion: '9' };
  const extended = { ...system, minorVersion: '4', channel: 'eus' };
  const row = (fix: string) => ({
    ecosystem: 'rpm',
    name: 'lib',
    ranges: [rangeOf('rpm', `< ${fix}`, fix)],
  });
  const fixIn = (version: string, base: string, eus: string) => {
    const database = databaseOf((writer) =>
      writer.add({
        id: 'CVE-1',
        provider: 'rhel',
        packages: [
          { ...row(base), system },
          { ...row(eus), system: extended },
        ],
      }),
    );
    const sbom = sbomOf(distributionOf('rhel', '9.4', { channels: ['eus'] }), [
      packageOf({ type: 'rpm', name: 'lib', version }),
    ]);
    return matchSbom(sbom, database).matches[0]?.fix;
  };
  const [later, own] = ['1.0-9.el9_6', '1.0-3.el9_4.1'];
  expect(fixIn('1.0-2.el9', later, own)).toEqual({ state: 'fixed', versions: [own] });
  expect(fixIn('1.0-2.el9', later, later)).toEqual({ state: 'not-fixed', versions: [] });
  expect(fixIn('1.0-4.el9_4', later, own)).toBeUndefined();
});
