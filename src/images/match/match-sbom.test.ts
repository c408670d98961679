import { describe, expect, it } from 'vitest';
import {
  databaseOf,
  debianPackage,
  distributionOf,
  packageOf,
  rangeOf,
  sbomOf,
} from '../../../test/support/vulnerability-data.ts';
import type { ImageSbom } from '../../model/image-sbom.ts';
import type { DatabaseWriter } from '../database/database-writer.ts';
import { type MatchOptions, matchSbom } from './match-sbom.ts';

const debian = distributionOf('debian', '12.5');

function idsOf(
  sbom: ImageSbom,
  write: (writer: DatabaseWriter) => void,
  options?: MatchOptions,
): readonly string[] {
  return matchSbom(sbom, databaseOf(write), options).matches.map(
    ({ vulnerability, package: index }) => `${sbom.packages[index]?.name} ${vulnerability.id}`,
  );
}

describe('packages of a distribution', () => {
  it('are matched by what they were built from, and by their own name', () => {
    const sbom = sbomOf(debian, [
      packageOf({ type: 'deb', name: 'libssl3', version: '3.0.11-1', upstreams: [{ name: 'openssl' }] }),
    ]);
    const database = databaseOf((writer) => {
      writer.add({
        id: 'CVE-2026-1',
        provider: 'debian',
        severities: ['high'],
        packages: [debianPackage('openssl', [rangeOf('dpkg', '< 3.0.13-1', '3.0.13-1')])],
      });
      writer.add({
        id: 'CVE-2026-2',
        provider: 'debian',
        packages: [debianPackage('libssl3', [rangeOf('dpkg', '< 9', undefined, 'wont-fix')])],
      });
      writer.add({
        id: 'CVE-2026-3',
        provider: 'debian',
        packages: [debianPackage('openssl', [rangeOf('dpkg', '< 3.0.11-1', '3.0.11-1')])],
      });
    });
    const { matches, coverage } = matchSbom(sbom, database);
    expect(matches).toMatchObject([
      {
        vulnerability: { id: 'CVE-2026-1', severity: 'High', namespace: 'debian:distro:debian:12' },
        package: 0,
        fix: { state: 'fixed', versions: ['3.0.13-1'] },
        reasons: [
          {
            kind: 'exact-indirect-match',
            matcher: 'dpkg-matcher',
            searchedFor: 'openssl 3.0.11-1',
            constraint: '< 3.0.13-1',
            comparator: 'dpkg',
          },
        ],
      },
      {
        vulnerability: { id: 'CVE-2026-2', severity: 'Unknown' },
        fix: { state: 'wont-fix', versions: [] },
        reasons: [{ kind: 'exact-direct-match' }],
      },
    ]);
    expect(coverage).toMatchObject({
      state: 'complete',
      reasons: [],
      distribution: { state: 'covered', matchedAs: 'debian 12' },
    });
  });

  it('are told once, with both reasons, when both names say the same', () => {
    const sbom = sbomOf(debian, [
      packageOf({ type: 'deb', name: 'curl', version: '7', upstreams: [{ name: 'curl', version: '7.1' }] }),
    ]);
    const { matches } = matchSbom(
      sbom,
      databaseOf((writer) =>
        writer.add({
          id: 'CVE-1',
          provider: 'debian',
          packages: [debianPackage('curl', [rangeOf('dpkg', '< 8', '8')])],
        }),
      ),
    );
    expect(matches).toHaveLength(1);
    expect(matches[0]?.reasons.map(({ kind }) => kind)).toEqual([
      'exact-indirect-match',
      'exact-direct-match',
    ]);
  });

  it('of rpm count a missing epoch of their own as 0, and leave that of their source open', () => {
    const rhel = (name: string, constraint: string) => ({
      ecosystem: 'rpm',
      name,
      system: { name: 'rhel', majorVersion: '8' },
      ranges: [rangeOf('rpm', constraint, 'x')],
    });
    const sbom = sbomOf(distributionOf('rhel', '8.6'), [
      packageOf({
        type: 'rpm',
        name: 'perl-Errno',
        version: '1.28-419.el8',
        upstreams: [{ name: 'perl', version: '5.26.3-419.el8' }],
      }),
    ]);
    expect(
      idsOf(sbom, (writer) => {
        writer.add({ id: 'CVE-source', provider: 'rhel', packages: [rhel('perl', '< 4:5.26.3-419.el8')] });
        writer.add({ id: 'CVE-own', provider: 'rhel', packages: [rhel('perl-Errno', '< 1:1.0-1.el8')] });
      }),
    ).toEqual(['perl-Errno CVE-own']);
  });

  it('of rpm are of the module that the advisory speaks of, or of none', () => {
    const row = (module: string) => ({
      ecosystem: 'rpm',
      name: 'nodejs',
      system: { name: 'rhel', majorVersion: '8' },
      qualifiers: { rpm_modularity: module },
      ranges: [rangeOf('rpm', '< 99')],
    });
    const write = (writer: DatabaseWriter) => {
      writer.add({ id: 'CVE-18', provider: 'rhel', packages: [row('nodejs:18')] });
      writer.add({ id: 'CVE-20', provider: 'rhel', packages: [row('nodejs:20')] });
      writer.add({ id: 'CVE-none', provider: 'rhel', packages: [row('')] });
    };
    const ofModule = (details: object) =>
      idsOf(
        sbomOf(distributionOf('rhel', '8.6'), [
          packageOf({ type: 'rpm', name: 'nodejs', version: '1-1', details }),
        ]),
        write,
      );
    expect(ofModule({ modularity: 'nodejs:18:8060020220523160029:ad008a3a' })).toEqual(['nodejs CVE-18']);
    expect(ofModule({ modularity: '' })).toEqual(['nodejs CVE-none']);
    expect(ofModule({})).toHaveLength(3);
  });

  it('with extended support are fixed by its versions too', () => {
    const row = (channel: string, constraint: string, fix?: string) => ({
      ecosystem: 'rpm',
      name: 'kernel',
      system: { name: 'rhel', majorVersion: '9', ...(channel && { minorVersion: '2', channel }) },
      ranges: [rangeOf('rpm', constraint, fix, fix ? 'fixed' : 'wont-fix')],
    });
    const sbom = (version: string, channels: string[]) =>
      sbomOf(distributionOf('rhel', '9.2', { channels }), [
        packageOf({ type: 'rpm', name: 'kernel', version }),
      ]);
    const write = (writer: DatabaseWriter) => {
      writer.add({ id: 'CVE-eus', provider: 'rhel', packages: [row('', '< 5.14.0-400')] });
      writer.add({
        id: 'CVE-eus',
        provider: 'rhel',
        packages: [row('eus', '< 5.14.0-284.50', '5.14.0-284.50')],
      });
    };
    expect(idsOf(sbom('5.14.0-284.60', []), write)).toEqual(['kernel CVE-eus']);
    expect(idsOf(sbom('5.14.0-284.60', ['eus']), write)).toEqual([]);
    const { matches } = matchSbom(sbom('5.14.0-284.40', ['eus']), databaseOf(write));
    expect(matches[0]?.fix).toMatchObject({ state: 'fixed', versions: ['5.14.0-284.50'] });
  });

  it("of AlmaLinux are judged by Red Hat's data, and fixed as AlmaLinux says", () => {
    const write = (writer: DatabaseWriter) => {
      writer.addOverride({ alias: 'almalinux', replacement: 'rhel' });
      const red = { ecosystem: 'rpm', name: 'httpd', system: { name: 'rhel', majorVersion: '8' } };
      writer.add({
        id: 'CVE-1',
        provider: 'rhel',
        packages: [{ ...red, ranges: [rangeOf('rpm', '< 2.4.90', '2.4.90')] }],
      });
      writer.add({
        id: 'ALSA-1',
        provider: 'alma',
        aliases: ['CVE-1'],
        packages: [
          {
            ecosystem: 'rpm',
            name: 'httpd',
            system: { name: 'almalinux', majorVersion: '8' },
            isUnaffected: true,
            ranges: [{ version: { type: 'rpm', constraint: '>= 2.4.37-50' } }],
          },
        ],
      });
    };
    const sbom = (version: string) =>
      sbomOf(distributionOf('almalinux', '8.9'), [packageOf({ type: 'rpm', name: 'httpd', version })]);
    expect(idsOf(sbom('2.4.37-51'), write)).toEqual([]);
    const { matches } = matchSbom(sbom('2.4.37-49'), databaseOf(write));
    expect(matches[0]?.fix).toMatchObject({ state: 'fixed', versions: ['2.4.37-50'] });
  });

  it('of Alpine are told of what NVD knows and Alpine does not speak of, without a fix', () => {
    const alpine = (name: string, constraint: string) => ({
      ecosystem: 'apk',
      name,
      system: { name: 'alpine', majorVersion: '3', minorVersion: '18' },
      ranges: [rangeOf('apk', constraint, constraint.slice(2))],
    });
    const cpe = {
      cpe: { part: 'a', vendor: 'zlib', product: 'zlib' },
      ranges: [rangeOf('', '< 1.3', '1.3')],
    };
    const sbom = sbomOf(distributionOf('alpine', '3.18.4'), [
      packageOf({
        type: 'apk',
        name: 'zlib',
        version: '1.2.13-r1',
        cpes: ['cpe:2.3:a:zlib:zlib:1.2.13-r1:*:*:*:*:*:*:*'],
      }),
    ]);
    const database = databaseOf((writer) => {
      for (const id of ['CVE-open', 'CVE-fixed', 'CVE-never', 'CVE-both'])
        writer.add({ id, provider: 'nvd', packages: [cpe] });
      writer.add({ id: 'CVE-fixed', provider: 'alpine', packages: [alpine('zlib', '< 1.2.13-r0')] });
      writer.add({ id: 'CVE-never', provider: 'alpine', packages: [alpine('zlib', '< 0')] });
      writer.add({ id: 'CVE-both', provider: 'alpine', packages: [alpine('zlib', '< 1.2.13-r2')] });
    });
    const { matches } = matchSbom(sbom, database);
    expect(matches).toMatchObject([
      { vulnerability: { id: 'CVE-both', namespace: 'alpine:distro:alpine:3.18' }, fix: { state: 'fixed' } },
      { vulnerability: { id: 'CVE-open', namespace: 'nvd:cpe' }, fix: { state: 'unknown', versions: [] } },
    ]);
    expect(matches[1]?.reasons[0]).toMatchObject({
      kind: 'cpe-match',
      searchedFor: expect.stringContaining(':1.2.13:'),
    });
    expect(matchSbom(sbom, database, { settings: { cpes: 'never' } }).matches).toHaveLength(1);
  });

  it('clear what came as their files of what they are said not to have', () => {
    const sbom = sbomOf(debian, [
      packageOf({
        type: 'deb',
        name: 'python3-requests',
        version: '2.28.1-2',
        upstreams: [{ name: 'requests' }],
      }),
      packageOf({ type: 'python', name: 'requests', version: '2.28.1', ownedBy: 0 }),
      packageOf({ type: 'python', name: 'requests', version: '2.28.1' }),
    ]);
    const { matches, ignored } = matchSbom(
      sbom,
      databaseOf((writer) => {
        writer.add({
          id: 'CVE-1',
          provider: 'debian',
          packages: [debianPackage('requests', [rangeOf('dpkg', '< 2.28.1-1', '2.28.1-1')])],
        });
        writer.add({
          id: 'GHSA-1',
          provider: 'github',
          aliases: ['CVE-1'],
          packages: [
            { ecosystem: 'python', name: 'requests', ranges: [rangeOf('python', '< 2.31', '2.31')] },
          ],
        });
      }),
    );
    expect(matches.map((match) => match.package)).toEqual([2]);
    expect(ignored).toMatchObject([{ package: 1, ignored: { by: 'distribution' } }]);
  });
});

describe('packages of languages', () => {
  const npm = (name: string, constraint: string, fix?: string) => ({
    ecosystem: 'npm',
    name,
    ranges: [rangeOf('semver', constraint, fix)],
  });

  it('are matched by type and name, in an image of any distribution or none', () => {
    const write = (writer: DatabaseWriter) =>
      writer.add({
        id: 'GHSA-1',
        provider: 'github',
        packages: [npm('lodash', '>= 4.0.0, < 4.17.21', '4.17.21')],
      });
    const lodash = (version: string) => [
      packageOf({ type: 'npm', name: 'lodash', version, language: 'javascript' }),
    ];
    expect(idsOf(sbomOf(undefined, lodash('4.17.15')), write)).toEqual(['lodash GHSA-1']);
    expect(idsOf(sbomOf(undefined, lodash('4.17.21')), write)).toEqual([]);
    expect(idsOf(sbomOf(undefined, lodash('3.9.0')), write)).toEqual([]);
    const { coverage } = matchSbom(sbomOf(undefined, lodash('4.17.21')), databaseOf(write));
    expect(coverage).toMatchObject({ state: 'complete', distribution: { state: 'none' } });
  });

  it('are found by normalised names and by group and artifact', () => {
    const write = (writer: DatabaseWriter) => {
      writer.add({
        id: 'PY',
        provider: 'github',
        packages: [{ ecosystem: 'python', name: 'zope-interface', ranges: [rangeOf('python', '< 9')] }],
      });
      writer.add({
        id: 'JAVA',
        provider: 'github',
        packages: [{ ecosystem: 'java-archive', name: 'org.x:core', ranges: [rangeOf('maven', '< 2', '2')] }],
      });
    };
    const packages = [
      packageOf({ type: 'python', name: 'Zope.Interface', version: '5.0' }),
      packageOf({
        type: 'java-archive',
        name: 'core',
        version: '1.0.jre8',
        details: { pomGroupId: 'org.x', pomArtifactId: 'core' },
      }),
      packageOf({ type: 'java-archive', name: 'core', version: '1.0', purl: 'pkg:maven/org.y/core@1.0' }),
    ];
    expect(idsOf(sbomOf(undefined, packages), write)).toEqual(['Zope.Interface PY', 'core JAVA']);
  });

  it('are spared what is withdrawn, rejected, or told elsewhere to be unaffected', () => {
    const write = (writer: DatabaseWriter) => {
      writer.add({ id: 'A', provider: 'github', status: 'withdrawn', packages: [npm('x', '< 2')] });
      writer.add({ id: 'B', provider: 'github', status: 'rejected', packages: [npm('x', '< 2')] });
      writer.add({ id: 'C', provider: 'github', aliases: ['CVE-9'], packages: [npm('x', '< 2')] });
      writer.add({
        id: 'CVE-9',
        provider: 'own',
        packages: [{ ...npm('x', '= 1.0.0'), isUnaffected: true }],
      });
      writer.add({ id: 'D', provider: 'github', packages: [npm('x', '< 2')] });
    };
    expect(
      idsOf(sbomOf(undefined, [packageOf({ type: 'npm', name: 'x', version: '1.0.0' })]), write),
    ).toEqual(['x D']);
  });

  it('of Go are vulnerable only when they have a vulnerable function, where that is known', () => {
    const write = (writer: DatabaseWriter) =>
      writer.add({
        id: 'GO-1',
        provider: 'govulndb',
        packages: [
          {
            ecosystem: 'go-module',
            name: 'golang.org/x/net',
            qualifiers: { go_imports: [{ path: 'golang.org/x/net/html', symbols: ['Parse'] }] },
            ranges: [rangeOf('go', '< 0.38.0', '0.38.0')],
          },
        ],
      });
    const withSymbols = (goSymbols: Record<string, string[]>) =>
      idsOf(
        sbomOf(undefined, [
          packageOf({
            type: 'go-module',
            name: 'golang.org/x/net',
            version: 'v0.30.0',
            details: { goSymbols },
          }),
        ]),
        write,
      );
    expect(withSymbols({ 'golang.org/x/net/html': ['Parse'] })).toHaveLength(1);
    expect(withSymbols({ 'golang.org/x/net/html': ['Render'] })).toHaveLength(0);
    expect(withSymbols({ 'golang.org/x/net/http2': ['Parse'] })).toHaveLength(0);
    expect(withSymbols({})).toHaveLength(1);
  });

  it('of Go built from a working tree are not judged, and the result says so', () => {
    const sbom = sbomOf(undefined, [
      packageOf({
        type: 'go-module',
        name: 'example.com/app',
        version: '(devel)',
        details: { goMainModule: 'example.com/app' },
      }),
    ]);
    const { coverage } = matchSbom(
      sbom,
      databaseOf(() => {}),
    );
    expect(coverage).toMatchObject({
      state: 'unknown',
      unjudged: [{ reason: 'unreadable-version', packages: [0] }],
    });
  });
});

describe('programs without a package manager', () => {
  const cpe = 'cpe:2.3:a:redis:redis:6.0.0:*:*:*:*:*:*:*';
  const row = (targetSoftware: string) => ({
    cpe: { part: 'a', vendor: 'redis', product: 'redis', targetSoftware },
    ranges: [rangeOf('', '>= 5, < 6.0.9', '6.0.9')],
  });

  it('are matched by CPE', () => {
    const write = (writer: DatabaseWriter) =>
      writer.add({ id: 'CVE-1', provider: 'nvd', packages: [row('*')] });
    const found = packageOf({ type: 'binary', name: 'redis', version: '6.0.0', cpes: [cpe] });
    expect(idsOf(sbomOf(undefined, [found]), write)).toEqual(['redis CVE-1']);
    expect(idsOf(sbomOf(undefined, [{ ...found, type: 'npm' }]), write)).toEqual([]);
    expect(
      idsOf(sbomOf(undefined, [{ ...found, type: 'npm' }]), write, { settings: { cpes: 'always' } }),
    ).toHaveLength(1);
  });

  it('are not taken for plug-ins of the same name', () => {
    const write = (writer: DatabaseWriter) =>
      writer.add({ id: 'CVE-1', provider: 'nvd', packages: [row('python')] });
    const found = packageOf({
      type: 'php-composer',
      name: 'redis',
      version: '6.0.0',
      language: 'php',
      cpes: [cpe],
    });
    expect(idsOf(sbomOf(undefined, [found]), write)).toEqual([]);
    expect(idsOf(sbomOf(undefined, [{ ...found, language: 'python' }]), write)).toHaveLength(1);
  });
});

describe('what a vulnerability is worth', () => {
  it('has EPSS and KEV of its CVE, and a risk of them', () => {
    const { matches } = matchSbom(
      sbomOf(undefined, [packageOf({ type: 'npm', name: 'x', version: '1.0.0' })]),
      databaseOf((writer) => {
        const packages = [{ ecosystem: 'npm', name: 'x', ranges: [rangeOf('semver', '< 2')] }];
        writer.add({ id: 'GHSA-1', provider: 'github', aliases: ['CVE-1'], severities: ['high'], packages });
        writer.add({
          id: 'GHSA-2',
          provider: 'github',
          aliases: ['CVE-2'],
          severities: [{ vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', version: '3.1' }],
          packages,
        });
        writer.addExploitPrediction('CVE-1', 0.5, 0.9);
        writer.setExploitPredictionDate('2026-01-01');
        writer.addKnownExploited('CVE-2', {
          date_added: '2026-01-02T00:00:00Z',
          known_ransomware_campaign_use: 'Known',
        });
      }),
    );
    expect(matches[0]?.vulnerability).toMatchObject({
      epss: { probability: 0.5, percentile: 0.9, date: '2026-01-01' },
      risk: 37.5,
    });
    expect(matches[1]?.vulnerability).toMatchObject({
      severity: 'Critical',
      cvss: [{ score: 9.8 }],
      knownExploited: { dateAdded: '2026-01-02', ransomware: true },
      risk: 100,
    });
  });

  it('is told by its CVE on request', () => {
    const database = databaseOf((writer) => {
      const packages = [{ ecosystem: 'npm', name: 'x', ranges: [rangeOf('semver', '< 2', '2.0.0')] }];
      writer.add({ id: 'GHSA-1', provider: 'github', aliases: ['CVE-1'], severities: ['low'], packages });
      writer.add({ id: 'CVE-1', provider: 'nvd', severities: ['critical'], packages: [] });
    });
    const sbom = sbomOf(undefined, [packageOf({ type: 'npm', name: 'x', version: '1.0.0' })]);
    expect(matchSbom(sbom, database, { byCve: true }).matches).toMatchObject([
      {
        vulnerability: { id: 'CVE-1', namespace: 'nvd:cpe', severity: 'Critical', aliases: ['GHSA-1'] },
        fix: { versions: ['2.0.0'] },
      },
    ]);
  });
});
