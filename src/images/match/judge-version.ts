import type { AdvisoryRange } from '../database/advisory.ts';
import { satisfies } from '../versions/constraint.ts';
import { UnsupportedVersionError, type VersionScheme } from '../versions/scheme.ts';
import { schemeOf } from '../versions/schemes.ts';

export interface JudgedRanges {
  /** Ranges that the version is in. */
  readonly within: readonly AdvisoryRange[];
  /** Some range, or the version in the range's scheme, could not be read. */
  readonly isUnreadable: boolean;
}

/**
 * Which ranges a version is in. Each is judged by its own order of versions, and by the package's where it names none.
 *
 * @param scheme of the package's type
 */
export function judgeVersion(
  ranges: readonly AdvisoryRange[],
  version: string,
  scheme: string,
): JudgedRanges {
  let isUnreadable = false;
  const within = ranges.filter((range) => {
    if (range.constraint === undefined) {
      isUnreadable = true;
      return false;
    }
    try {
      return satisfies(schemeFor(range, scheme), version, range.constraint);
    } catch (error) {
      if (!(error instanceof UnsupportedVersionError)) throw error;
      isUnreadable = true;
      return false;
    }
  });
  return { within, isUnreadable };
}

/** The range's; NVD's have none, and are judged fuzzily, but for Java's runtimes, whose versions nothing else understands. */
export function schemeFor({ type, scheme }: AdvisoryRange, ofPackage: string): VersionScheme {
  const isOpen = type === '' || type === 'unknown' || scheme.name === 'fuzzy';
  if (!isOpen) return scheme.name === 'rpm' && ofPackage === 'rpm-zero' ? rpmZero : scheme;
  return ofPackage === 'jvm' ? schemeOf('jvm') : type === '' ? schemeOf(ofPackage) : scheme;
}

/** rpm's, where an advisory's missing epoch means 0. */
const rpmZero: VersionScheme = { name: 'rpm', compare: schemeOf('rpm').compare };

/** A package has none, or one that says nothing. */
export function isUnknownVersion(version: string): boolean {
  return version === '' || version.toLowerCase() === 'unknown';
}
