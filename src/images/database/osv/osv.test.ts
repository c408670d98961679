import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { databaseOf, packageOf, sbomOf } from '../../../../test/support/vulnerability-data.ts';
import { matchSbom } from '../../match/match-sbom.ts';
import { parseConstraint, satisfies } from '../../versions/constraint.ts';
import { schemeOf } from '../../versions/schemes.ts';
import { ecosystemOf } from './ecosystems.ts';
import { rangesOf } from './osv-ranges.ts';
import { type OsvAffected, readOsvRecord } from './osv-record.ts';
import { toVulnerability } from './to-vulnerability.ts';

describe('ranges', () => {
  const events = (...list: Readonly<Record<string, string>>[]) => ({
    ranges: [{ type: 'SEMVER', events: list }],
  });
  const constraintsOf = (affected: OsvAffected) =>
    rangesOf(affected, 'semver').map(({ version }) => version.constraint);

  it.each([
    [events({ introduced: '0' }, { fixed: '1.2.0' }), ['< 1.2.0']],
    [
      events({ introduced: '1.0.0' }, { fixed: '1.2.0' }, { introduced: '2.0.0' }),
      ['>= 1.0.0, < 1.2.0', '>= 2.0.0'],
    ],
    [events({ introduced: '1.0.0' }, { last_affected: '1.5.0' }), ['>= 1.0.0, <= 1.5.0']],
    [events({ introduced: '0' }), ['']],
    [{ versions: ['1.0.0', '1.1.0'] }, ['= 1.0.0 || = 1.1.0']],
    [
      { ...events({ introduced: '0' }, { fixed: '1.2.0' }), versions: ['1.0.0', '3.0.0'] },
      ['< 1.2.0', '= 3.0.0'],
    ],
    [{ ranges: [{ type: 'GIT', events: [{ introduced: 'abc' }] }] }, []],
  ])('%j is %j', (affected, constraints) => {
    expect(constraintsOf(affected)).toEqual(constraints);
  });

  it('hold what the events say, version by version', () => {
    const version = fc.integer({ min: 0, max: 40 }).map((n) => `${Math.floor(n / 10)}.${n % 10}.0`);
    const stretches = fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(stretches, version, (marks, asked) => {
        const at = (n: number) => `${Math.floor(n / 10)}.${n % 10}.0`;
        const sorted = [...marks].sort((a, b) => a - b);
        const list = sorted.map((n, i) => (i % 2 === 0 ? { introduced: at(n) } : { fixed: at(n) }));
        const [major = 0, minor = 0] = asked.split('.').map(Number);
        const passed = sorted.filter((n) => n <= major * 10 + minor).length;
        const isWithin = rangesOf(events(...list), 'semver').some((range) =>
          satisfies(schemeOf('semver'), asked, parseConstraint(range.version.constraint)),
        );
        expect(isWithin).toBe(passed % 2 === 1);
      }),
    );
  });
});

describe('ecosystems', () => {
  it.each([
    ['PyPI', 'python', undefined],
    ['Debian:12', 'deb', { name: 'debian', majorVersion: '12', minorVersion: '', channel: '' }],
    ['Ubuntu:22.04:LTS', 'deb', { name: 'ubuntu', majorVersion: '22', minorVersion: '4', channel: '' }],
    [
      'Ubuntu:Pro:16.04:LTS',
      'deb',
      { name: 'ubuntu', majorVersion: '16', minorVersion: '4', channel: 'esm' },
    ],
    ['Alpine:v3.18', 'apk', { name: 'alpine', majorVersion: '3', minorVersion: '18', channel: '' }],
    [
      'Red Hat:enterprise_linux:9::baseos',
      'rpm',
      { name: 'rhel', majorVersion: '9', minorVersion: '', channel: '' },
    ],
    [
      'SUSE:Linux Enterprise Server 15 SP5',
      'rpm',
      { name: 'sles', majorVersion: '15', minorVersion: '5', channel: '' },
    ],
    ['Wolfi', 'apk', { name: 'wolfi', majorVersion: '', minorVersion: '', channel: '' }],
  ])('%s are packages of type %s', (written, type, system) => {
    expect(ecosystemOf(written)).toMatchObject({ type, ...(system === undefined ? {} : { system }) });
  });

  it('that are not known are none', () => {
    for (const name of ['Marsian', '', 'constructor', '__proto__']) expect(ecosystemOf(name)).toBeUndefined();
  });
});

it('are matched with their functions, severities and names, and not when withdrawn', () => {
  const record = (more: object) =>
    toVulnerability(
      readOsvRecord(
        {
          id: 'GO-1',
          aliases: ['CVE-1'],
          summary: 'A panic.',
          database_specific: { severity: 'MODERATE' },
          affected: [
            {
              package: { ecosystem: 'Go', name: 'example.com/x' },
              ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.6.0' }] }],
              ecosystem_specific: { imports: [{ path: 'example.com/x', symbols: ['Run'] }] },
            },
          ],
          ...more,
        },
        'x',
      ),
      'private',
    ).vulnerability;
  const found = (symbols: string[], more: object = {}) =>
    matchSbom(
      sbomOf(undefined, [
        packageOf({
          type: 'go-module',
          name: 'example.com/x',
          version: 'v1.5.0',
          details: { goSymbols: { 'example.com/x': symbols } },
        }),
      ]),
      databaseOf((writer) => writer.add(record(more))),
    ).matches;
  expect(found(['Run'])).toMatchObject([
    {
      vulnerability: { id: 'GO-1', severity: 'Medium', aliases: ['CVE-1'], namespace: 'private:language:go' },
      fix: { versions: ['1.6.0'] },
    },
  ]);
  expect(found(['Walk'])).toEqual([]);
  expect(found(['Run'], { withdrawn: '2026-01-01T00:00:00Z' })).toEqual([]);
});

it('refuses or converts any record, and never fails otherwise', () => {
  const json = fc.jsonValue();
  const affected = fc.record(
    {
      package: fc.record({
        name: fc.string(),
        ecosystem: fc.constantFrom('npm', 'Debian:12', 'AlmaLinux:8', 'x'),
      }),
      ranges: fc.oneof(
        json,
        fc.array(
          fc.record({
            type: fc.constant('ECOSYSTEM'),
            events: fc.array(
              fc.record({ introduced: fc.string(), fixed: fc.string() }, { requiredKeys: [] }),
            ),
          }),
        ),
      ),
      versions: fc.oneof(json, fc.array(fc.string())),
      ecosystem_specific: json,
    },
    { requiredKeys: ['package'] },
  );
  const record = fc.record(
    { id: fc.string(), aliases: json, affected: fc.array(affected), severity: json },
    { requiredKeys: ['id', 'affected'] },
  );
  fc.assert(
    fc.property(record, (value) => {
      try {
        toVulnerability(readOsvRecord(value, 'x'), 'p');
      } catch (error) {
        expect(error).toMatchObject({ code: 'BAD_INPUT' });
      }
    }),
  );
});
