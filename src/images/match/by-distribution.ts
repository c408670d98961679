import type { Package } from '../../model/package.ts';
import type { Advisory } from '../database/advisory.ts';
import { almaRows, withAlmaFixes } from './alma.ts';
import { distributionNames, schemeOfRule } from './distribution-names.ts';
import { clearedByExtended, withExtendedFixes } from './extended-support.ts';
import { type Findings, namesOf, noFindings, type Scene, together } from './hit.ts';
import { rowTestOf } from './judge-version.ts';
import { ruleOf } from './package-types.ts';
import { isQualified } from './qualifiers.ts';
import { clearedNames, concerned, judge, type Search } from './search.ts';

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
    const rows = allRows(search, scene);
    return { ...findings, hits: withExtendedFixes(found, scene, { search, hits: findings.hits, rows }) };
  });
  const findings = together(all);
  return own.length === 0 ? findings : withAlmaFixes(found, scene, findings);
}

/** All that the release's and the extended support's data say of a name. */
function allRows({ name }: Search, { data, distribution }: Scene): readonly Advisory[] {
  return data.byOperatingSystems('affected', [...distribution.systems, ...distribution.extended], name);
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
      // What data of rpm calls unaffected goes for what came as the package's files alone.
      ...(found.type === 'rpm'
        ? {}
        : { unaffected: () => data.byOperatingSystems('unaffected', systems, name, test) }),
      clearsAnyway: true,
      isSource: !isDirect,
      keepsWithdrawn: true,
    };
  });
}

/**
 * What the distribution says of vulnerabilities that a package's version does not have (any more): by all their names. That goes
 * for all that came as the package's files.
 */
export function clearedBy(found: Package, scene: Scene): ReadonlySet<string> {
  const { data, distribution } = scene;
  const names = new Set<string>();
  for (const search of distributionSearches(found, scene)) {
    const as = { distribution: distribution.id, isSource: search.isSource === true };
    const told = data
      .byOperatingSystems('affected', distribution.systems, search.name)
      .filter(({ about }) => isQualified(found, about.qualifiers, as))
      .map((advisory) => ({ advisory, record: data.record(advisory) }));
    const { hits } = concerned(found, scene, search, search.affected);
    if (distribution.extended.length > 0) {
      const question = { search, hits, rows: allRows(search, scene) };
      for (const name of clearedByExtended(found, scene, question)) names.add(name);
      continue;
    }
    const hit = new Set(hits.flatMap(namesOf));
    const cleared = told.map(namesOf).filter((own) => !own.some((name) => hit.has(name)));
    for (const name of cleared.flat()) names.add(name);
    const unaffected = () => data.byOperatingSystems('unaffected', distribution.systems, search.name);
    for (const name of clearedNames(found, scene, { ...search, unaffected })) names.add(name);
  }
  if (distribution.own.length > 0) addAlma(names, found, scene);
  return names;
}

function addAlma(names: Set<string>, found: Package, scene: Scene): void {
  const hit = new Set(byDistribution(found, scene).hits.flatMap(namesOf));
  for (const advisory of almaRows(found, scene)) {
    const own = namesOf({ advisory, record: scene.data.record(advisory) });
    if (!own.some((name) => hit.has(name))) for (const name of own) names.add(name);
  }
}
