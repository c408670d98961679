import type { Package, PackageType } from '../../model/package.ts';
import type { CatalogedPackage, SquashedImage } from './cataloger.ts';
import { baseName } from './text.ts';

/** Packages of a distribution: those that own files of other packages. */
const distributionTypes: ReadonlySet<PackageType> = new Set(['deb', 'rpm', 'apk', 'alpm', 'portage']);

/**
 * Files that stand for the packages of others, or that packages share: owning one of them says nothing. The package `rpm`
 * owns the path of the database, for one, and would own everything that is found in it.
 */
const sharedFile =
  /\/rpm\/(?:Packages|Packages\.db|rpmdb\.sqlite)$|\/lib\/apk\/db\/installed$|\/lib\/dpkg\/status|^\/usr\/share\/doc\/.*\/copyright$/;

/**
 * Tells which packages came as files of a distribution's package: their fixes are the distribution's to make, and what the
 * distribution says of a vulnerability goes for them. Programs that were known by their contents (type `binary`) and belong
 * to a distribution's package are that package, and are left out, as Syft does.
 *
 * @returns the packages in the order given, without their lists of files; `ownedBy` is an index into this result.
 */
export function markOwnership(
  packages: readonly CatalogedPackage[],
  image: Pick<SquashedImage, 'resolve'>,
): Package[] {
  const owners = ownersOf(packages, image);
  const ownerOf = packages.map((found) => (isOwner(found) ? undefined : commonOwner(found, owners)));
  const kept = packages.map((found, i) => found.type !== 'binary' || ownerOf[i] === undefined);
  const indexes: number[] = [];
  let next = 0;
  for (const isKept of kept) indexes.push(isKept ? next++ : -1);
  return packages.flatMap(({ files: _files, ...found }, i) => {
    const owner = ownerOf[i];
    const index = owner === undefined ? undefined : indexes[owner];
    if (!kept[i]) return [];
    return [index === undefined ? found : { ...found, ownedBy: index }];
  });
}

function isOwner(found: CatalogedPackage): boolean {
  return distributionTypes.has(found.type);
}

/** The owner of each location that a package of no distribution has, by resolved path. */
function ownersOf(
  packages: readonly CatalogedPackage[],
  image: Pick<SquashedImage, 'resolve'>,
): ReadonlyMap<string, number> {
  const wanted = new Set(
    packages.filter((found) => !isOwner(found)).flatMap((found) => found.locations.map(({ path }) => path)),
  );
  // Lists of files may spell paths by links (`/lib/…` where `/lib` leads to `/usr/lib`). Links are followed only for names that matter.
  const names = new Set([...wanted].map(baseName));
  const owners = new Map<string, number>();
  packages.forEach((found, index) => {
    if (!isOwner(found)) return;
    for (const file of found.files) {
      if (!names.has(baseName(file)) || sharedFile.test(file)) continue;
      const path = wanted.has(file) ? file : image.resolve(file);
      if (path !== undefined && wanted.has(path) && !owners.has(path)) owners.set(path, index);
    }
  });
  return owners;
}

function commonOwner(found: CatalogedPackage, owners: ReadonlyMap<string, number>): number | undefined {
  const [first, ...rest] = found.locations.map(({ path }) => owners.get(path));
  return rest.every((owner) => owner === first) ? first : undefined;
}
