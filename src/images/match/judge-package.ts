import { LRUCache } from 'lru-cache';
import { Recent } from '../../kit/recent.ts';
import type { Package } from '../../model/package.ts';
import type { DatabaseSnapshot } from '../database/database-snapshot.ts';
import { byCpe } from './by-cpe.ts';
import { byDistribution, clearedBy } from './by-distribution.ts';
import { byEcosystem, clearedInEcosystem, isUnversionedMainModule } from './by-ecosystem.ts';
import { noFix } from './fix.ts';
import { gather } from './gather.ts';
import { type Findings, type Hit, namesOf, type Scene, together, withoutNamed } from './hit.ts';
import { isUnknownVersion } from './judge-version.ts';
import type { UnjudgedReason } from './match-result.ts';
import { wantsCpes } from './match-settings.ts';
import { isOfDistribution, ruleOf } from './package-types.ts';
import type { Search } from './search.ts';
import { type FoundVulnerability, mergeHits } from './to-vulnerability.ts';

export interface JudgedPackage {
  readonly found: readonly FoundVulnerability[];
  /** Why what was found may not be all. */
  readonly unjudged?: UnjudgedReason;
}

/** Packages whose result is kept for the next image: about the packages of two thousand different images. */
const keptPackages = 100_000;

/**
 * Judges packages, and remembers: images of one cluster have most packages in common, and none is looked up twice in the same
 * data. One for each scene.
 */
export class PackageJudge {
  readonly #scene: Scene;
  readonly #judged = new Recent<string, JudgedPackage>(keptPackages);
  readonly #cleared = new Recent<string, ReadonlySet<string>>(2000);

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  get scene(): Scene {
    return this.#scene;
  }

  /** In the order of the packages. */
  judge(packages: readonly Package[]): readonly JudgedPackage[] {
    const keys = packages.map(identityOf);
    const known = keys.map((key) => this.#judged.get(key));
    const missing = packages.filter((_found, i) => known[i] === undefined);
    const searches = missing.length === 0 ? undefined : gather(missing, this.#scene);
    return packages.map((found, i) => {
      if (known[i] !== undefined) return known[i];
      const judged = judgePackage(found, this.#scene, searches?.get(found) ?? []);
      this.#judged.set(keys[i] ?? '', judged);
      return judged;
    });
  }

  /** What a distribution's package is told not to have, see {@link clearedBy}. */
  cleared(found: Package): ReadonlySet<string> {
    const key = identityOf(found);
    let names = this.#cleared.get(key);
    if (names === undefined) {
      names = clearedBy(found, this.#scene);
      this.#cleared.set(key, names);
    }
    return names;
  }
}

/** All of a package that a judgement rests on. */
function identityOf({ type, name, version, purl, cpes, language, upstreams, details }: Package): string {
  let text = `${type}\n${name}\n${version}\n${purl}\n${language}`;
  for (const cpe of cpes) text += `\n${cpe}`;
  for (const upstream of upstreams) text += `\n<${upstream.name} ${upstream.version ?? ''}`;
  for (const detail in details) text += `\n${detail}=${textOf(details[detail as keyof typeof details])}`;
  return text;
}

function textOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function judgePackage(found: Package, scene: Scene, searches: readonly Search[]): JudgedPackage {
  if (isUnknownVersion(found.version)) return { found: [], unjudged: 'no-version' };
  if (isUnversionedMainModule(found, scene)) return { found: [], unjudged: 'unreadable-version' };
  const findings = isOfDistribution(found)
    ? ofDistribution(found, scene, searches)
    : ofEcosystem(found, scene, searches);
  const unjudged = unjudgedReason(found, scene, findings);
  return {
    found: mergeHits(findings.hits, scene.data),
    ...(unjudged === undefined ? {} : { unjudged }),
  };
}

function unjudgedReason(
  found: Package,
  { distribution }: Scene,
  { isUnreadable }: Findings,
): UnjudgedReason | undefined {
  if (isOfDistribution(found) && distribution.systems.length === 0) return 'distribution';
  if (isUnreadable) return 'unreadable-version';
  return found.type === 'unknown' && found.cpes.length === 0 ? 'no-data' : undefined;
}

function ofEcosystem(found: Package, scene: Scene, searches: readonly Search[]): Findings {
  const { settings, distribution } = scene;
  const isStdlib = settings.goStdlibCpes && found.type === 'go-module' && found.name === 'stdlib';
  const usesCpes = isStdlib || wantsCpes(settings, ruleOf(found.type).usesCpes, distribution.id);
  const findings = byEcosystem(found, scene, searches);
  if (!usesCpes) return findings;
  const { hits, isUnreadable } = byCpe(found, scene);
  // What the ecosystem's data says a package does not have goes for NVD's as well.
  const cleared = hits.length === 0 ? noNames : clearedInEcosystem(found, scene, searches);
  return together([findings, { hits: withoutNamed(hits, cleared), isUnreadable }]);
}

const noNames: ReadonlySet<string> = new Set();

function ofDistribution(found: Package, scene: Scene, searches: readonly Search[]): Findings {
  const { settings, distribution } = scene;
  const findings = byDistribution(found, scene, searches);
  if (!wantsCpes(settings, ruleOf(found.type).usesCpes, distribution.id)) return findings;
  return together([findings, withoutKnown(byCpe(found, scene), findings, found, scene)]);
}

/**
 * What NVD tells of a package that its distribution does not speak of. Alpine's security database lists what it has fixed,
 * and what never concerned it; of the rest NVD knows no version of Alpine's that would be a fix.
 */
function withoutKnown(
  { hits, isUnreadable }: Findings,
  findings: Findings,
  found: Package,
  scene: Scene,
): Findings {
  if (hits.length === 0) return { hits, isUnreadable };
  const known = new Set([...clearedBy(found, scene), ...findings.hits.flatMap(namesOf)]);
  const silent = withoutNamed(hits, known);
  return { hits: scene.distribution.id === '' ? silent : silent.map(withoutFix), isUnreadable };
}

function withoutFix(hit: Hit): Hit {
  return hit.fix.state === 'fixed' ? { ...hit, fix: noFix } : hit;
}

const judges = new WeakMap<DatabaseSnapshot, LRUCache<string, PackageJudge>>();

/** The judge of a scene, the same for all images of that distribution and those settings. */
export function judgeFor(key: string, data: DatabaseSnapshot, makeScene: () => Scene): PackageJudge {
  let known = judges.get(data);
  if (known === undefined) {
    known = new LRUCache({ max: 100 });
    judges.set(data, known);
  }
  let judge = known.get(key);
  if (judge === undefined) {
    judge = new PackageJudge(makeScene());
    known.set(key, judge);
  }
  return judge;
}
