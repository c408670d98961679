import type { Package } from '../../model/package.ts';
import type { DataChanges } from '../database/data-changes.ts';
import { lowerAscii } from '../database/name-pieces.ts';
import { productsOf } from './by-cpe.ts';
import { distributionNames } from './distribution-names.ts';
import type { Scene } from './hit.ts';
import { usesCpes } from './judge-package.ts';
import { isOfDistribution, searchNames } from './package-types.ts';

/** Whether what was said of a package rests on a name of which the data tells something else by now. */
export type RestsOnChanged = (found: Package) => boolean;

/** @param changes since what was said of packages in such a scene */
export function restsOnChanged(changes: DataChanges, scene: Scene): RestsOnChanged {
  return (found) =>
    namesOf(found).some((name) => changes.package.has(lowerAscii(name))) ||
    (changes.product.size > 0 &&
      usesCpes(found, scene) &&
      productsOf(found).some((product) => changes.product.has(lowerAscii(product))));
}

/** All names that the data is asked for when a package is judged, or what its distribution clears of it. */
function namesOf(found: Package): readonly string[] {
  const names = distributionNames(found).map(({ name }) => name);
  return isOfDistribution(found) ? names : [...names, ...searchNames(found)];
}
