import type { Package } from '../../model/package.ts';
import type { Advisory } from '../database/advisory.ts';
import { withAlmaFixes } from './alma.ts';
import { distributionNames, schemeOfRule } from './distribution-names.ts';
import { withExtendedFixes } from './extended-support.ts';
import { type Findings, namesOf, noFindings, type Scene, together } from './hit.ts';
import { rowTestOf } from './judge-version.ts';
import { ruleOf } from './package-types.ts';
import { judge, type Search } from './search.ts';

/** Vulnerabilities that the data of the image's distribution tells for a package. */
export function byDistribution(
  found: Package,
  scene: Scene,
  searches = distributionSearches(found, scene),
): Findings {
  const { extended, own } = scene.distribution;
  // Debug symbols are in no advisory of AlmaLinux, which would clear them of what Red Hat's tell.
  if (own.length > 0 && /-debug(?:info|source)$/.test(found.name)) return noFindings;
  const all = searches.map((search) => {
    const findings = judge(found, scene, search);
    if (extended.length === 0 || findings.hits.length === 0) return findings;
    const fixes = scene.data.byOperatingSystems('affected', extended, search.name);
    return { ...findings, hits: withExtendedFixes(found, scene, { search, hits: findings.hits, fixes }) };
  });
  const findings = together(all);
  return own.length === 0 ? findings : withAlmaFixes(found, scene, findings);
}

/** The questions that are asked by a package's names. */
export function distributionSearches(
  found: Package,
  { data, settings, distribution }: Scene,
): readonly Search[] {
  const { systems } = distribution;
  if (systems.length === 0) return [];
  const rule = ruleOf(found.type);
  const scheme = schemeOfRule(rule, settings.rpmMissingEpoch === 'zero');
  return distributionNames(found).map(({ name, version, isDirect }) => {
    const test = rowTestOf(version, scheme);
    return {
      name,
      kind: isDirect ? 'exact-direct-match' : 'exact-indirect-match',
      matcher: rule.matcher,
      searchedFor: `${name} ${version}`,
      version,
      scheme,
      affected: data.byOperatingSystems('affected', systems, name, test),
      unaffected: () => data.byOperatingSystems('unaffected', systems, name, test),
      keepsWithdrawn: true,
    };
  });
}

/**
 * What the distribution says of a package's vulnerabilities that its version does not have (any more): by all their names.
 * That goes for all that came as the package's files.
 */
export function clearedBy(found: Package, scene: Scene): ReadonlySet<string> {
  const { data, distribution } = scene;
  const rows = (kind: 'affected' | 'unaffected'): readonly Advisory[] =>
    distributionNames(found).flatMap(({ name }) => data.byOperatingSystems(kind, distribution.systems, name));
  const hit = new Set(byDistribution(found, scene).hits.flatMap(namesOf));
  const known = [...rows('affected'), ...rows('unaffected')].flatMap((advisory) =>
    namesOf({ advisory, record: data.record(advisory) }),
  );
  return new Set(known.filter((name) => !hit.has(name)));
}
