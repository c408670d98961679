import type { Package, PackageType } from '../../model/package.ts';
import type { Advisory } from '../database/advisory.ts';
import { distributionSearches } from './by-distribution.ts';
import { ecosystemSearches } from './by-ecosystem.ts';
import { distributionNames } from './distribution-names.ts';
import type { Scene } from './hit.ts';
import { isUnknownVersion } from './judge-version.ts';
import { isOfDistribution, searchNames } from './package-types.ts';
import type { Search } from './search.ts';

/**
 * Asks in a few questions what judging these packages would ask one by one: the rows of all their names first, then all that is
 * told of the rows that their versions are in. What is left out here is asked for when it is needed.
 *
 * @returns the searches of each package that has a version
 */
export function gather(all: readonly Package[], scene: Scene): ReadonlyMap<Package, readonly Search[]> {
  const { data, distribution } = scene;
  const packages = all.filter(({ version }) => !isUnknownVersion(version));
  const ofSystems = new Set<string>();
  const ofEcosystems = new Map<PackageType, Set<string>>();
  for (const found of packages) {
    if (isOfDistribution(found)) for (const { name } of distributionNames(found)) ofSystems.add(name);
    else addAll(ofEcosystems, found.type, searchNames(found));
  }
  data.fetchOfSystems(distribution.systems, ofSystems);
  for (const [type, names] of ofEcosystems) data.fetchOfEcosystem(type, names);
  const searches = new Map(packages.map((found) => [found, searchesOf(found, scene)]));
  const rows: Advisory[] = [];
  for (const all of searches.values()) for (const { affected } of all) rows.push(...affected);
  data.fetchAbout(rows);
  return searches;
}

function searchesOf(found: Package, scene: Scene): readonly Search[] {
  return isOfDistribution(found) ? distributionSearches(found, scene) : ecosystemSearches(found, scene);
}

function addAll<Key>(all: Map<Key, Set<string>>, key: Key, names: readonly string[]): void {
  let set = all.get(key);
  if (set === undefined) {
    set = new Set();
    all.set(key, set);
  }
  for (const name of names) set.add(name);
}
