import type { Distribution, ImageSbom } from '../../model/image-sbom.ts';
import type { Package } from '../../model/package.ts';
import type { VulnerabilityMatch } from '../../model/vulnerability.ts';
import type { PackageJudge } from './package-judge.ts';
import { isOfDistribution } from './package-types.ts';

/**
 * What came as files of a distribution's package is that distribution's to fix, and so it knows best.
 *
 * @returns who says that the match does not count, and why; undefined where nobody does
 */
export function ownerSays(
  { vulnerability, package: index }: VulnerabilityMatch,
  { packages, distribution }: ImageSbom,
  judge: PackageJudge,
) {
  const found = packages[index];
  const owner = found?.ownedBy === undefined ? undefined : packages[found.ownedBy];
  if (found === undefined || owner === undefined || judge.scene.distribution.systems.length === 0)
    return undefined;
  const whole = `${owner.name} ${owner.version}`;
  if (isSame(found, owner) && tellsAll(distribution))
    return {
      by: 'distribution',
      reason: `it is ${whole}, of which the distribution tells all vulnerabilities`,
    };
  const cleared = judge.cleared(owner);
  if (![vulnerability.id, ...vulnerability.aliases].some((name) => cleared.has(name))) return undefined;
  return {
    by: 'distribution',
    reason: `it is part of ${whole}, which the distribution says does not have it`,
  };
}

/** The same software in about the same version, rather than something that came along with it. */
function isSame(found: Package, owner: Package): boolean {
  const [a, b] = [found.version, owner.version];
  return isOfDistribution(owner) && !isOfDistribution(found) && (a.startsWith(b) || b.startsWith(a));
}

/**
 * Distributions whose data lists what is not fixed, too.
 *
 * Source: https://github.com/anchore/grype/blob/main/grype/pkg/package.go
 */
const comprehensive: ReadonlySet<string> = new Set([
  'arch',
  'azurelinux',
  'debian',
  'mariner',
  'rhel',
  'sles',
  'ubuntu',
]);

/** Amazon's takes after Red Hat's, but its data does not. */
function tellsAll(distribution: Distribution | undefined): boolean {
  if (distribution === undefined || distribution.id === 'amzn') return false;
  return [distribution.id, ...distribution.idLike].some((id) => comprehensive.has(id));
}
