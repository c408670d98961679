import type { Package, PackageType } from '../../model/package.ts';
import type { DataChanges } from '../database/data-changes.ts';
import { type NameScope, productScope, scopeOfEcosystem, scopeOfSystem } from '../database/name-prints.ts';
import { productsOf } from './by-cpe.ts';
import type { Scene } from './hit.ts';
import { usesCpes } from './judge-package.ts';
import { isOfDistribution, searchNames } from './package-types.ts';

/** Whether what was said of a package rests on a name of which the data tells something else by now. */
export type RestsOnChanged = (found: Package) => boolean;

/** @param changes since what was said of packages in such a scene */
export function restsOnChanged(changes: DataChanges, scene: Scene): RestsOnChanged {
  const { systems, extended, own } = scene.distribution;
  const scopes = [...systems, ...extended, ...own].map(scopeOfSystem);
  const ofTypes = new Map<string, readonly NameScope[]>();
  const scopesOf = (type: PackageType): readonly NameScope[] => {
    const known = ofTypes.get(type) ?? scene.data.ecosystemNames(type).map(scopeOfEcosystem);
    ofTypes.set(type, known);
    return known;
  };
  const isChanged = (within: readonly NameScope[], name: string): boolean =>
    within.some((scope) => changes.has(scope, name));
  return (found) =>
    // Whatever it is, its distribution may be asked what it clears of it.
    (scopes.length > 0 &&
      (isChanged(scopes, found.name) || found.upstreams.some(({ name }) => isChanged(scopes, name)))) ||
    (!isOfDistribution(found) && searchNames(found).some((name) => isChanged(scopesOf(found.type), name))) ||
    (usesCpes(found, scene) && productsOf(found).some((product) => isChanged(products, product)));
}

const products = [productScope];
