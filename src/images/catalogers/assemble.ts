import type { Package } from '../../model/package.ts';
import { isOverlong, longestName } from '../package-bounds.ts';
import type { CatalogedPackage, Cataloger, FoundFile, SquashedImage } from './cataloger.ts';
import { markOwnership } from './ownership.ts';
import { UnreadablePackagesError } from './unreadable-error.ts';

/**
 * All packages of an image: every cataloger's, each package once, with who owns it.
 *
 * @param onProblem told of what makes the result partial.
 * @param found the visible files by the name of the cataloger that read them.
 */
export function assemblePackages(
  catalogers: readonly Cataloger[],
  found: ReadonlyMap<string, readonly FoundFile<unknown>[]>,
  image: SquashedImage,
  onProblem: (problem: UnreadablePackagesError) => void,
): Package[] {
  const packages = catalogers.flatMap((cataloger) => {
    const files = found.get(cataloger.name) ?? [];
    return files.length === 0 ? [] : orFound(() => cataloger.assemble(inPathOrder(files), image), onProblem);
  });
  return markOwnership(withoutRepeats(withoutOverlong(packages, onProblem)), image);
}

/** What has a name or version that no package has is left out, and told of. */
function withoutOverlong(
  packages: readonly CatalogedPackage[],
  onProblem: (problem: UnreadablePackagesError) => void,
): readonly CatalogedPackage[] {
  const [first, ...others] = packages.filter(isOverlong);
  if (first === undefined) return packages;
  const more = others.length === 0 ? '' : `, and so have ${others.length} more`;
  onProblem(
    new UnreadablePackagesError(
      first.locations[0]?.path ?? '',
      `record of a package (${first.type})`,
      `its name or version has more than ${longestName} characters${more}`,
    ),
  );
  return packages.filter((found) => !isOverlong(found));
}

function orFound(
  assemble: () => CatalogedPackage[],
  onProblem: (problem: UnreadablePackagesError) => void,
): CatalogedPackage[] {
  try {
    return assemble();
  } catch (error) {
    if (!(error instanceof UnreadablePackagesError)) throw error;
    onProblem(error);
    return (error.found ?? []) as CatalogedPackage[];
  }
}

function inPathOrder(files: readonly FoundFile<unknown>[]): readonly FoundFile<unknown>[] {
  return [...files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** The same package told twice at the same place (hard links, two records of one) counts once. */
function withoutRepeats(packages: readonly CatalogedPackage[]): CatalogedPackage[] {
  const seen = new Set<string>();
  return packages.filter((found) => {
    const key = JSON.stringify([found.type, found.name, found.version, found.purl, found.locations]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
