import type {
  DatabaseWriter,
  WrittenPackage,
  WrittenRange,
  WrittenVulnerability,
} from '../../src/images/database/database-writer.ts';
import { cpeOf, distributionPackages, ecosystemPackages, type SbomPackage } from './grype-packages.ts';
import { overrides, type Scenario, scenarios } from './grype-scenarios.ts';
import { vectors, words } from './grype-severities.ts';
import { formatOf, type Grammar, versionOf } from './grype-versions.ts';
import { Random } from './promql-random.ts';

/** A scenario with what its image holds. */
export interface Drawn {
  readonly scenario: Scenario;
  readonly packages: readonly SbomPackage[];
}

/** What one seed gives: the images, and what the data says. */
export interface Draw {
  readonly images: readonly Drawn[];
  readonly vulnerabilities: readonly WrittenVulnerability[];
  /** Pairs of a package and a row that may be about it. */
  readonly pairs: number;
  /** Vulnerabilities whose CVE only their rows tell. */
  readonly toldByRow: ReadonlySet<string>;
}

export const builtAt = '2026-01-01T00:00:00Z';

/** Draws images and advisories: the same for the same seed. */
export function draw(seed: number): Draw {
  const random = new Random(seed);
  const advisories = new Advisories(random);
  const images = scenarios.map((scenario, at): Drawn => {
    const installed = distributionPackages(scenario, at, random);
    const others = at === 0 || random.chance(0.3) ? ecosystemPackages(at, random) : [];
    const packages = [...installed, ...others.map((found) => ownedBy(found, installed, random))];
    for (const found of packages) advisories.of(found, scenario);
    return { scenario, packages };
  });
  return {
    images,
    vulnerabilities: advisories.written,
    pairs: advisories.pairs,
    toldByRow: advisories.toldByRow,
  };
}

/** Some packages came as files of the distribution's, and some of those are the same software. */
function ownedBy(found: SbomPackage, installed: readonly SbomPackage[], random: Random): SbomPackage {
  if (installed.length === 0 || !['npm', 'python'].includes(found.type) || random.chance(0.5)) return found;
  const owner = random.pick(installed);
  const version = owner.version.replace(/-.*$/, '');
  if (!/^\d+(?:\.\d+)+$/.test(version) || random.chance(0.5)) return { ...found, ownedBy: owner.name };
  return { ...found, ownedBy: owner.name, version, purl: found.purl.replace(/@[^@]*$/, `@${version}`) };
}

/** Writes it as a database. */
export function writeTo(writer: DatabaseWriter, { vulnerabilities }: Draw, seed: number): void {
  const random = new Random(seed + 1);
  const providers = new Set(vulnerabilities.map(({ provider }) => provider));
  for (const provider of ['nvd', 'github', ...providers]) writer.addProvider(provider, builtAt);
  for (const override of overrides) writer.addOverride(override);
  for (const vulnerability of vulnerabilities) writer.add(vulnerability);
  writer.setExploitPredictionDate('2025-12-31T00:00:00Z');
  const cves = new Set(
    vulnerabilities.flatMap(({ id, aliases = [] }) => [id, ...aliases].filter((name) => /^CVE-/.test(name))),
  );
  for (const cve of cves) {
    if (random.chance(0.6))
      writer.addExploitPrediction(cve, random.below(1000) / 1000, random.below(100) / 100);
    if (random.chance(0.1))
      writer.addKnownExploited(cve, {
        vendor_project: 'maker',
        product: 'thing',
        date_added: '2024-05-01T00:00:00Z',
        due_date: '2024-05-22T00:00:00Z',
        required_action: 'Upgrade.',
        known_ransomware_campaign_use: random.pick(['Known', 'Unknown']),
      });
  }
}

class Advisories {
  readonly written: WrittenVulnerability[] = [];
  readonly toldByRow = new Set<string>();
  pairs = 0;
  /** What has been told of the distribution's packages. */
  readonly #told = new Map<string, string[]>();
  readonly #random: Random;
  #last = 10_000;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Some that may be about a package, and some that are about another of its name's kind. */
  of(found: SbomPackage, { packages, data = [] }: Scenario): void {
    const random = this.#random;
    const isOfDistribution = found.type === packages?.type;
    for (let left = 1 + random.below(4); left > 0; left--) {
      const name = random.pick(found.searched);
      if (isOfDistribution && packages !== undefined) {
        const rows = this.#ofDistribution(found, name, data);
        const cve = this.#add(packages.advisories, data[0]?.provider ?? '', rows);
        this.#told.set(found.name, [...(this.#told.get(found.name) ?? []), cve]);
      } else {
        // The same vulnerability as in the package that it came with, or another.
        const same = random.chance(0.7) ? (this.#told.get(found.ownedBy ?? '') ?? []) : [];
        this.#add(
          'GHSA',
          'github',
          this.#ofEcosystem(found, name),
          same.length === 0 ? undefined : random.pick(same),
        );
      }
    }
    if (found.cpes.length > 0 && random.chance(0.5)) this.#ofCpe(found);
  }

  #ofDistribution(found: SbomPackage, name: string, data: NonNullable<Scenario['data']>): WrittenPackage[] {
    const random = this.#random;
    return data
      .filter((_one, at) => at === 0 || random.chance(0.6))
      .map(({ system, isUnaffected: isAlways = false }): WrittenPackage => {
        const isUnaffected = isAlways || random.chance(0.08);
        return {
          ecosystem: found.type,
          name,
          system,
          ...(isUnaffected ? { isUnaffected } : {}),
          ...this.#qualified(found),
          ranges: isAlways
            ? [this.#range(found.grammar, '>= alone')]
            : this.#ranges(found.grammar, random.pick([1, 1, 1, 1, 2])),
        };
      });
  }

  #ofEcosystem(found: SbomPackage, name: string): WrittenPackage[] {
    const random = this.#random;
    return [
      {
        ecosystem: found.type,
        name,
        ...(random.chance(0.1) ? { isUnaffected: true } : {}),
        ...this.#qualified(found),
        ranges: this.#ranges(found.grammar, random.pick([0, 1, 1, 1, 1, 2, 3])),
      },
    ];
  }

  #ofCpe(found: SbomPackage): void {
    const random = this.#random;
    const { vendor, product } = cpeOf(random.pick(found.cpes));
    this.#add('CVE', 'nvd', [
      {
        cpe: {
          part: 'a',
          vendor,
          product,
          targetSoftware: random.pick([
            '*',
            '*',
            '*',
            '-',
            'node.js',
            'python',
            'wordpress',
            'joomla',
            'linux',
          ]),
        },
        ...(random.chance(0.1) ? { isUnaffected: true } : {}),
        ...(random.chance(0.15)
          ? {
              qualifiers: {
                platform_cpes: [
                  random.pick([
                    'cpe:2.3:o:microsoft:windows:-:*:*:*:*:*:*:*',
                    'cpe:2.3:o:debian:debian_linux:*:*:*:*:*:*:*:*',
                    'cpe:2.3:o:canonical:ubuntu_linux:22.04:*:*:*:*:*:*:*',
                    'cpe:2.3:a:wordpress:wordpress:*:*:*:*:*:*:*:*',
                    'cpe:2.3:h:maker:board:-:*:*:*:*:*:*:*',
                  ]),
                ],
              },
            }
          : {}),
        ranges: [this.#range(found.grammar, random.pick(['<', '<=', '>=', '=', 'all']), '')],
      },
    ]);
  }

  #qualified({ type, modules }: SbomPackage): Pick<WrittenPackage, 'qualifiers'> {
    const random = this.#random;
    if (type === 'rpm' && (modules || random.chance(0.05)))
      return { qualifiers: { rpm_modularity: random.pick(['', 'nodejs:18', 'nodejs:20']) } };
    if ((type === 'rpm' || type === 'apk') && random.chance(0.1))
      return {
        qualifiers: {
          architecture: random.pick(['x86_64', 'aarch64', 'src', 'noarch', 'binary-no-arch-specified']),
        },
      };
    if (type === 'go-module' && random.chance(0.4))
      return {
        qualifiers: {
          go_imports: [
            {
              path: 'example.com/m/html',
              symbols: random.pick([[], ['Parse'], ['Decoder.Decode', 'Render']]),
            },
          ],
        },
      };
    return {};
  }

  /** Of several none is for all versions: it would leave nothing for the others to say. */
  #ranges(grammar: Grammar, count: number): WrittenRange[] {
    const starts = ['<', '<', '<', '<', '<=', '>=', '= ', '< 0', ...(count === 1 ? ['all'] : [])];
    return Array.from({ length: count }, () => this.#range(grammar, this.#random.pick(starts)));
  }

  #range(grammar: Grammar, start: string, format = formatOf(grammar)): WrittenRange {
    const random = this.#random;
    const [one, two] = [versionOf(grammar, random), versionOf(grammar, random)];
    const isBetween = start === '>=' && random.chance(0.6);
    const constraint =
      start === 'all'
        ? ''
        : start === '< 0'
          ? start
          : isBetween
            ? `>= ${one}, < ${two}`
            : `${start.replace(' alone', '').trim()} ${one}`;
    const state = random.pick(['fixed', 'fixed', 'fixed', 'not-fixed', 'wont-fix', 'unknown', '']);
    return {
      version: { type: format, constraint },
      ...(state === ''
        ? {}
        : {
            fix: {
              state,
              ...(state === 'fixed' ? { version: isBetween ? two : one } : {}),
              ...(state === 'fixed' && random.chance(0.5)
                ? {
                    detail: {
                      available: { date: '2025-06-01T00:00:00Z', kind: 'advisory' },
                      references: [{ id: 'ADV-1', url: 'https://example.com/adv-1' }],
                    },
                  }
                : {}),
            },
          }),
    };
  }

  /** @returns the CVE that it is told for */
  #add(prefix: string, provider: string, packages: readonly WrittenPackage[], same?: string): string {
    const random = this.#random;
    const number = this.#last++;
    const cve = same ?? `CVE-2024-${number}`;
    const id =
      prefix === 'CVE' ? cve : prefix === 'GHSA' ? `GHSA-${number}-aaaa-bbbb` : `${prefix}-2024-${number}`;
    const isKnownByCve = id !== cve && (same !== undefined || random.chance(0.7));
    const byRow = id !== cve && !isKnownByCve && random.chance(0.5);
    const status = random.chance(0.06)
      ? random.pick(['withdrawn', 'rejected', 'disputed', 'analyzing'])
      : 'active';
    if (byRow) this.toldByRow.add(id);
    this.pairs += packages.length;
    this.written.push({
      id,
      provider,
      status,
      description: `about ${id}`,
      urls: [`https://example.com/${id}`, 'https://example.com/more'],
      published: '2024-03-01T00:00:00Z',
      modified: '2024-04-01T00:00:00Z',
      ...(status === 'withdrawn' ? { withdrawn: '2024-06-01T00:00:00Z' } : {}),
      ...(isKnownByCve ? { aliases: [cve] } : {}),
      severities: this.#severities(),
      packages: byRow ? packages.map((one) => ({ ...one, cves: [cve] })) : packages,
    });
    // NVD's record of it, which results may be told by.
    if (id !== cve && same === undefined && random.chance(0.5))
      this.written.push({
        id: cve,
        provider: 'nvd',
        description: `NVD about ${cve}`,
        severities: this.#severities(),
        packages: [],
      });
    return cve;
  }

  #severities(): NonNullable<WrittenVulnerability['severities']> {
    const random = this.#random;
    return Array.from({ length: random.below(3) }, () =>
      random.chance(0.5) ? random.pick(words) : random.pick(vectors),
    );
  }
}
