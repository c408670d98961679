import type { Package } from '../../model/package.ts';
import type { TypeRule } from './package-types.ts';

/** A name and version that a distribution's data may know a package by. */
export interface DistributionName {
  readonly name: string;
  readonly version: string;
  readonly isDirect: boolean;
}

/**
 * What it was built from first, then itself: data of distributions speaks of source packages. An rpm of the same name as its source
 * is looked for once, by the version that has an epoch.
 */
export function distributionNames(found: Package): readonly DistributionName[] {
  const others = found.upstreams.filter(({ name }) => found.type !== 'rpm' || name !== found.name);
  const upstreams = others.map(({ name, version = found.version }) => ({
    name,
    version,
    isDirect: false,
  }));
  return [...upstreams, { name: found.name, version: ownVersion(found), isDirect: true }];
}

/**
 * Of rpm with its epoch, 0 where it has none: the rpm database tells epochs reliably. That of a source package is often
 * lost in the file name that is kept of it, and so it is left open there.
 */
export function ownVersion({ type, version, details }: Package): string {
  return type !== 'rpm' || version.includes(':') ? version : `${details.epoch ?? 0}:${version}`;
}

/** The order of versions of a type; rpm's with what a missing epoch of an advisory means. */
export function schemeOfRule({ scheme }: TypeRule, isZero: boolean): string {
  return scheme === 'rpm' && isZero ? 'rpm-zero' : scheme;
}
