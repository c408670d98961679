import { ruleOf } from '../../images/match/package-types.ts';
import { schemeOf } from '../../images/versions/schemes.ts';
import type { Package } from '../../model/package.ts';
import type { VulnerabilityMatch } from '../../model/vulnerability.ts';

/**
 * The version of a package that fixes all of its vulnerabilities that can be fixed: of each the lowest that is newer than what is
 * installed, and of those the highest. Undefined when none can be.
 */
export function upgradeOf(found: Package, matches: readonly VulnerabilityMatch[]): string | undefined {
  const { compare } = orderOf(found);
  const lowest = matches.flatMap(({ fix }) => {
    const newer = fix.versions.filter((version) => compare(version, found.version) > 0);
    return [...(newer.length > 0 ? newer : fix.versions)].sort(compare)[0] ?? [];
  });
  return lowest.sort(compare).at(-1);
}

/** Versions that cannot be compared count as the same. */
function orderOf({ type }: Package) {
  const scheme = schemeOf(ruleOf(type).scheme);
  return {
    compare(left: string, right: string): number {
      try {
        return scheme.compare(left, right);
      } catch {
        return 0;
      }
    },
  };
}
