import type { Package } from '../../model/package.ts';
import { type Findings, type Scene, together, withoutNamed } from './hit.ts';
import { rowTestOf } from './judge-version.ts';
import { ruleOf, searchNames } from './package-types.ts';
import { clearedNames, concerned, type Search } from './search.ts';

/** Vulnerabilities that are told for a package's type and name, whatever distribution it is in. */
export function byEcosystem(
  found: Package,
  scene: Scene,
  searches = ecosystemSearches(found, scene),
): Findings {
  const findings = together(searches.map((search) => concerned(found, scene, search, search.affected)));
  if (findings.hits.length === 0) return findings;
  return { ...findings, hits: withoutNamed(findings.hits, clearedInEcosystem(found, scene, searches)) };
}

/** Names of vulnerabilities that the package is told not to have, by whatever name of its own. */
export function clearedInEcosystem(
  found: Package,
  scene: Scene,
  searches: readonly Search[],
): ReadonlySet<string> {
  const all = searches.map((search) => clearedNames(found, scene, search)).filter(({ size }) => size > 0);
  return all.length === 1 ? (all[0] ?? new Set()) : new Set(all.flatMap((names) => [...names]));
}

/** The questions that are asked by a package's names. */
export function ecosystemSearches(found: Package, { data }: Scene): readonly Search[] {
  const { matcher, scheme } = ruleOf(found.type);
  const { version } = found;
  const test = rowTestOf(version, scheme);
  return searchNames(found).map((name) => ({
    name,
    kind: 'exact-direct-match',
    matcher,
    searchedFor: `${name} ${version}`,
    version,
    scheme,
    affected: data.byEcosystem('affected', found.type, name, test),
    unaffected: () => data.byEcosystem('unaffected', found.type, name, test),
    keepsWithdrawn: false,
  }));
}

/**
 * Whether a Go package is the program itself, built from a working tree: its version is none, or made up by the build.
 *
 * Source: https://github.com/golang/go/issues/50603
 */
export function isUnversionedMainModule(found: Package, { settings }: Pick<Scene, 'settings'>): boolean {
  if (found.type !== 'go-module' || found.name !== found.details.goMainModule) return false;
  return (
    found.version.startsWith('(devel)') ||
    (!settings.goMainModulePseudoVersions && found.version.startsWith('v0.0.0-'))
  );
}
