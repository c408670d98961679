import type { Package, PackageType } from '../../model/package.ts';
import type { CatalogedPackage, SquashedImage } from './cataloger.ts';
import { elfNotesName } from './elf-notes.ts';
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
 * distribution says of a vulnerability goes for them. Programs that were known by their contents and belong to a
 * distribution's package are that package, and are left out, as Syft does; of others the same program at several places
 * counts once.
 *
 * @returns the packages in the order given, without their lists of files; `ownedBy` is an index into this result.
 */
export function markOwnership(
  packages: readonly CatalogedPackage[],
  image: Pick<SquashedImage, 'resolve'>,
): Package[] {
  const owners = ownersOf(packages, image);
  const installed = new Set(packages.filter(isOwner).map(identityOf));
  const owned = packages
    .map((found) => ({ found, owner: isOwner(found) ? undefined : commonOwner(found, owners) }))
    .filter(
      ({ found, owner }) =>
        !isByContents(found) || (owner === undefined && !installed.has(identityOf(found))),
    );
  const kept = programsOnce(owned);
  const indexes = new Map(kept.map(({ found }, index) => [found, index]));
  return kept.map(({ found: { files: _files, ...found }, owner }) => {
    const index = owner && indexes.get(owner);
    return index === undefined ? found : { ...found, ownedBy: index };
  });
}

interface OwnedPackage {
  readonly found: CatalogedPackage;
  readonly owner: CatalogedPackage | undefined;
}

/** A program that was known by its contents at several places (an interpreter and its library) has all of these places. */
function programsOnce(packages: readonly OwnedPackage[]): OwnedPackage[] {
  const places = new Map<string, OwnedPackage['found']['locations']>();
  for (const { found } of packages) {
    if (!isByContents(found)) continue;
    const key = identityOf(found);
    places.set(key, [...(places.get(key) ?? []), ...found.locations]);
  }
  return packages.flatMap((each) => {
    if (!isByContents(each.found)) return [each];
    const key = identityOf(each.found);
    const locations = places.get(key);
    places.delete(key);
    return locations === undefined ? [] : [{ ...each, found: { ...each.found, locations } }];
  });
}

/** Known by what a program holds, not by any record of its installation. */
function isByContents(found: CatalogedPackage): boolean {
  return found.type === 'binary' || found.foundBy === elfNotesName;
}

function isOwner(found: CatalogedPackage): boolean {
  return distributionTypes.has(found.type) && found.foundBy !== elfNotesName;
}

/** An epoch that only one of two records tells makes no other package. */
function identityOf({ type, name, version }: CatalogedPackage): string {
  return `${type} ${name} ${version.replace(/^\d+:/, '')}`;
}

/** The owner of each location that a package of no distribution has, by resolved path. */
function ownersOf(
  packages: readonly CatalogedPackage[],
  image: Pick<SquashedImage, 'resolve'>,
): ReadonlyMap<string, CatalogedPackage> {
  const wanted = new Set(
    packages.filter((found) => !isOwner(found)).flatMap((found) => found.locations.map(({ path }) => path)),
  );
  // Lists of files may spell paths by links (`/lib/…` where `/lib` leads to `/usr/lib`). Links are followed only for names that matter.
  const names = new Set([...wanted].map(baseName));
  const owners = new Map<string, CatalogedPackage>();
  for (const found of packages.filter(isOwner)) {
    for (const file of found.files) {
      if (!names.has(baseName(file)) || sharedFile.test(file)) continue;
      const path = wanted.has(file) ? file : (image.resolve(file) ?? '');
      if (wanted.has(path) && !owners.has(path)) owners.set(path, found);
    }
  }
  return owners;
}

function commonOwner(
  found: CatalogedPackage,
  owners: ReadonlyMap<string, CatalogedPackage>,
): CatalogedPackage | undefined {
  const [first, ...rest] = found.locations.map(({ path }) => owners.get(path));
  return rest.every((owner) => owner === first) ? first : undefined;
}
