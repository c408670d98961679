import type { Package } from '../../model/package.ts';
import { byCpe } from './by-cpe.ts';
import { byDistribution, clearedBy } from './by-distribution.ts';
import { byEcosystem, clearedInEcosystem, isUnversionedMainModule } from './by-ecosystem.ts';
import { noFix } from './fix.ts';
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

/** @param searches the questions to the data, see {@link gather} */
export function judgePackage(found: Package, scene: Scene, searches: readonly Search[]): JudgedPackage {
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

/** Whether it is looked for by its CPEs, too. */
export function usesCpes(found: Package, { settings, distribution }: Scene): boolean {
  const isStdlib = settings.goStdlibCpes && found.type === 'go-module' && found.name === 'stdlib';
  return isStdlib || wantsCpes(settings, ruleOf(found.type).usesCpes, distribution.id);
}

function ofEcosystem(found: Package, scene: Scene, searches: readonly Search[]): Findings {
  const findings = byEcosystem(found, scene, searches);
  if (!usesCpes(found, scene)) return findings;
  const { hits, isUnreadable } = byCpe(found, scene);
  // What the ecosystem's data says a package does not have goes for NVD's as well.
  const cleared = hits.length === 0 ? noNames : clearedInEcosystem(found, scene, searches);
  return together([findings, { hits: withoutNamed(hits, cleared), isUnreadable }]);
}

const noNames: ReadonlySet<string> = new Set();

function ofDistribution(found: Package, scene: Scene, searches: readonly Search[]): Findings {
  const findings = byDistribution(found, scene, searches);
  if (!usesCpes(found, scene)) return findings;
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
