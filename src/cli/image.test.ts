import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { image } from '../../test/support/oci-image.ts';
import { registryServer } from '../../test/support/registry-server.ts';
import { runCli } from '../../test/support/run-cli.ts';
import {
  databaseOf,
  debianPackage,
  distributionOf,
  packageOf,
  rangeOf,
  sbomOf,
  tempFolder,
} from '../../test/support/vulnerability-data.ts';
import { toCycloneDx } from '../images/sbom/to-cyclonedx.ts';
import type { Distribution } from '../model/image-sbom.ts';
import { imageCommand } from './image.ts';

const nowMs = Date.parse('2026-01-02T00:00:00Z');
let folder: string;
let db: string;

function writeSbom(name: string, distribution: Distribution | undefined, version = '3.0.11-1'): void {
  const sbom = sbomOf(distribution, [
    packageOf({
      type: 'deb',
      name: 'libssl3',
      version,
      upstreams: [{ name: 'openssl' }],
      purl: 'pkg:deb/debian/libssl3@3',
    }),
    packageOf({
      type: 'npm',
      name: 'lodash',
      version: '4.17.15',
      purl: 'pkg:npm/lodash@4.17.15',
      locations: [{ path: '/app/lodash/package.json', layer: '' }],
    }),
  ]);
  writeFileSync(join(folder, name), toCycloneDx(sbom, { version: '1', nowMs }));
}

const run = (...args: string[]) =>
  runCli(imageCommand, ['image', '--db', db, '--max-age', '5000w', ...args], folder);

beforeEach(() => {
  folder = tempFolder();
  db = databaseOf((writer) => {
    writer.add({
      id: 'CVE-2026-1',
      provider: 'debian',
      severities: ['high'],
      description: 'Overflow.',
      packages: [debianPackage('openssl', [rangeOf('dpkg', '< 3.0.13-1', '3.0.13-1')])],
    });
    writer.add({
      id: 'CVE-2026-2',
      provider: 'debian',
      severities: ['low'],
      packages: [debianPackage('openssl', [rangeOf('dpkg', '< 3.0.12-1', '3.0.12-1')])],
    });
    writer.add({
      id: 'GHSA-3',
      provider: 'github',
      aliases: ['CVE-2026-3'],
      severities: ['medium'],
      packages: [{ ecosystem: 'npm', name: 'lodash', ranges: [rangeOf('semver', '< 4.17.21')] }],
    });
    writer.addKnownExploited('CVE-2026-3', { date_added: '2026-01-01T00:00:00Z' });
    writer.addExploitPrediction('CVE-2026-1', 0.4, 0.9);
  }).folder;
  writeSbom('debian.json', distributionOf('debian', '12.5'));
});

describe('the table', () => {
  it('is grouped by package, the riskiest first, with what to upgrade to', async () => {
    const { exitCode, out } = await run('sbom:debian.json');
    expect(exitCode).toBe(1);
    const lines = out.split('\n');
    expect(lines[1]).toMatch(/^lodash \(npm\) +4\.17\.15 +— +GHSA-3 +Medium .* KEV$/);
    expect(lines[2]).toMatch(
      /^libssl3 \(deb\) +3\.0\.11-1 +3\.0\.13-1 +CVE-2026-1 +High +30\.0 +40\.0 % +3\.0\.13-1$/,
    );
    expect(lines[3]).toMatch(/^ +CVE-2026-2 +Low +0\.0 +3\.0\.12-1$/);
    expect(out).toContain('2 packages of debian 12.5: 3 matches (1 high, 1 medium, 1 low), 2 fixable');
  });

  it('says that nothing is known, rather than that nothing is there', async () => {
    writeSbom('plan9.json', distributionOf('plan9', '4'), '9');
    const { exitCode, out } = await run('sbom:plan9.json', '--only-fixed');
    expect(out).toContain('UNKNOWN');
    expect(out).toContain('does not know the distribution plan9 4');
    expect(exitCode).toBe(3);
    expect((await run('sbom:plan9.json', '--only-fixed', '--allow-unknown')).exitCode).toBe(0);
  });
});

describe('names that strangers have written', () => {
  const nasty = 'lodash\u001b[2J\n[all is well](https://evil.example)';

  beforeEach(() => {
    const text = readFileSync(join(folder, 'debian.json'), 'utf8');
    writeFileSync(
      join(folder, 'nasty.json'),
      text.replace('"name": "libssl3"', `"name": ${JSON.stringify(nasty)}`),
    );
  });

  it.each([[[]], [['--explain', 'CVE-2026-1']]])(
    'do not reach the terminal as they are: %j',
    async (args) => {
      const { out } = await run('sbom:nasty.json', ...args);
      expect(out).not.toContain('\u001b');
      expect(out).toContain('lodash\\u{1b}[2J\\u{a}[all is well]');
    },
  );

  it('are no links in SARIF', async () => {
    const { out } = await run('sbom:nasty.json', '-f', 'sarif');
    const { runs } = JSON.parse(out) as { runs: [{ results: { message: { text: string } }[] }] };
    const texts = runs[0].results.map(({ message }) => message.text);
    expect(texts.join('\n')).toContain('\\[all is well\\](https://evil.example)');
  });
});

it('tells packages with one vulnerability in the order of their names', async () => {
  const packages = ['b', 'c', 'a'].map((name) =>
    packageOf({ type: 'deb', name, version: '3.0.12-1', upstreams: [{ name: 'openssl' }] }),
  );
  const sbom = sbomOf(distributionOf('debian', '12.5'), packages);
  writeFileSync(join(folder, 'built.json'), toCycloneDx(sbom, { version: '1', nowMs }));
  const { out } = await run('sbom:built.json', '-f', 'json');
  const { matches } = JSON.parse(out) as { matches: { package: { name: string } }[] };
  expect(matches.map((match) => match.package.name)).toEqual(['a', 'b', 'c']);
});

describe('gates', () => {
  it.each([
    [['--fail-on', 'critical'], 0],
    [['--fail-on', 'high'], 1],
    [['--fail-on', 'medium', '--fixable', '--only-fixed'], 1],
    [['--fail-on-kev'], 1],
    [['--fail-on-kev', '--fixable'], 0],
    [['--fail-on-epss', '0.4'], 1],
    [['--fail-on-epss', '0.5'], 0],
  ])('%j ends with %i', async (flags, status) => {
    expect((await run('sbom:debian.json', ...flags)).exitCode).toBe(status);
  });

  it('take only what is new against a former result', async () => {
    await run('sbom:debian.json', '-f', 'json=before.json', '--fail-on', 'critical');
    const same = await run('sbom:debian.json', '--baseline', 'before.json');
    expect(same.exitCode).toBe(0);
    const before = JSON.parse(readFileSync(join(folder, 'before.json'), 'utf8')) as { matches: object[] };
    before.matches.shift();
    writeFileSync(join(folder, 'before.json'), JSON.stringify(before));
    const { exitCode, err } = await run('sbom:debian.json', '--baseline', 'before.json');
    expect(exitCode).toBe(1);
    expect(err).toContain('1 new');
  });

  it("are those of Grype's configuration, with its ignore rules", async () => {
    writeFileSync(
      join(folder, '.grype.yaml'),
      'fail-on-severity: medium\nignore:\n  - package: { name: "lo.*" }\n    reason: not reachable\n  - vulnerability: CVE-2026-1\n',
    );
    const { exitCode, out } = await run('sbom:debian.json', '-c', '.grype.yaml');
    expect(exitCode).toBe(0);
    expect(out).toContain('1 match (1 low), 1 fixable, 2 ignored');
  });
});

describe('formats', () => {
  it('are told apart by what they hold', async () => {
    await run('sbom:debian.json', '-f', 'json=r.json,sarif=r.sarif,cyclonedx=r.cdx,spdx=r.spdx,vex=r.vex');
    const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
    expect(read('r.json')).toMatchObject({
      version: 1,
      coverage: { state: 'complete' },
      matches: [
        { vulnerability: { id: 'GHSA-3' }, package: { name: 'lodash' } },
        { vulnerability: { id: 'CVE-2026-1' }, reasons: [{ constraint: '< 3.0.13-1', comparator: 'dpkg' }] },
        {},
      ],
    });
    expect(read('r.sarif').runs[0]).toMatchObject({
      results: [
        {
          ruleId: 'GHSA-3',
          level: 'warning',
          locations: [{ physicalLocation: { artifactLocation: { uri: 'app/lodash/package.json' } } }],
        },
        { level: 'error' },
        { level: 'note' },
      ],
    });
    expect(read('r.cdx').vulnerabilities).toHaveLength(3);
    expect(read('r.spdx').packages).toHaveLength(4);
    expect(read('r.vex').statements).toHaveLength(3);
  });

  it('of VEX can be edited and given back', async () => {
    await run('sbom:debian.json', '-f', 'vex=r.vex');
    const path = join(folder, 'r.vex');
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('"affected"', '"not_affected"'));
    const { exitCode, out } = await run('sbom:debian.json', '--vex', 'r.vex');
    expect(exitCode).toBe(0);
    expect(out).toContain('no known vulnerabilities, 3 ignored');
  });

  it('of an SBOM alone need no database', async () => {
    db = tempFolder();
    const { exitCode, out } = await run('sbom:debian.json', '--sbom-only', '-f', 'spdx');
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ spdxVersion: 'SPDX-2.3' });
  });
});

it('explains one vulnerability, by any of its names', async () => {
  const { out, exitCode } = await run('sbom:debian.json', '--explain', 'cve-2026-3');
  expect(exitCode).toBe(0);
  expect(out).toContain('GHSA-3 in lodash 4.17.15');
  expect(out).toContain(
    'javascript-matcher looked for lodash 4.17.15 (exact-direct-match); affected are < 4.17.21',
  );
  expect((await run('sbom:debian.json', '--explain', 'CVE-9')).out).toContain('no package');
});

it.each([
  [['sbom:nowhere.json'], 'cannot read the SBOM'],
  [['sbom:'], 'names no file'],
  [['sbom:debian.json', '--vex', 'debian.json'], 'no VEX document'],
  [['sbom:debian.json', '--baseline', 'debian.json'], 'is no result of'],
  [['sbom:debian.json', '--max-age', '1x'], 'expected a duration'],
])('refuses %j', async (args, problem) => {
  const { exitCode, err } = await run(...args);
  expect(exitCode).toBe(2);
  expect(err).toContain(problem);
});

it('finds what lies in the folder of the command, and says how to name it', async () => {
  mkdirSync(join(folder, 'root/etc'), { recursive: true });
  writeFileSync(join(folder, 'root/etc/os-release'), 'ID=debian\nVERSION_ID="12"\n');
  for (const target of ['./root', 'dir:root'])
    expect((await run(target)).out).toContain('0 packages of debian 12');
  mkdirSync(join(folder, '127.0.0.1:9'));
  mkdirSync(join(folder, '127.0.0.1:9/shop'));
  const { err, exitCode } = await run('127.0.0.1:9/shop');
  expect(exitCode).toBe(3);
  expect(err).toContain('say ./127.0.0.1:9/shop');
});

it('does not say of what could not be judged that there is nothing', async () => {
  const unknown = packageOf({ type: 'unknown', name: 'a', version: '1', purl: '' });
  writeFileSync(
    join(folder, 'bare.json'),
    toCycloneDx(sbomOf(undefined, [unknown]), { version: '1', nowMs }),
  );
  const { out } = await run('sbom:bare.json');
  expect(out).toMatch(/: 1 package: (?:unknown|no known vulnerabilities in what could be judged)$/m);
  expect(out).not.toMatch(/no known vulnerabilities$/m);
});

it('says what to do without a database', async () => {
  db = tempFolder();
  const { exitCode, out } = await run('sbom:debian.json');
  expect(exitCode).toBe(3);
  expect(out).toContain('skopos db update');
});

describe('an image of a registry', () => {
  it('is asked for as skopos.yaml says: that of the folder, or one that is named', async () => {
    const packages =
      'Package: openssl\nStatus: install ok installed\nArchitecture: amd64\nVersion: 3.0.11-1\n\n';
    const shop = image([
      [
        { name: 'etc/os-release', content: 'ID=debian\nVERSION_ID="12"\n' },
        { name: 'var/lib/dpkg/status', content: packages },
      ],
    ]);
    const server = await registryServer({ 'mirror/shop/cart:1': shop });
    const config = `images:
  registries:
    - {prefix: registry.example, location: "${server.host}/mirror", plain_http: true}
`;
    writeFileSync(join(folder, 'other.yaml'), config);
    const named = await run('registry.example/shop/cart:1', '--skopos-config', 'other.yaml');
    expect(named.out).toContain('CVE-2026-1');
    writeFileSync(join(folder, 'skopos.yaml'), config);
    expect((await run('registry.example/shop/cart:1')).out).toContain('CVE-2026-1');
    writeFileSync(join(folder, 'skopos.yaml'), 'images: { registries: 5 }\n');
    expect((await run('registry.example/shop/cart:1')).exitCode).toBe(2);
  });
});
