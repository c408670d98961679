import type { RowTest } from '../database/package-rows.ts';
import type { Bounds } from '../database/row-bounds.ts';
import { satisfies } from '../versions/constraint.ts';
import { UnsupportedVersionError, type VersionScheme } from '../versions/scheme.ts';
import { schemeOf } from '../versions/schemes.ts';

export interface JudgedRanges<Range extends Bounds> {
  /** Ranges that the version is in. */
  readonly within: readonly Range[];
  /** Some range, or the version in the range's scheme, could not be read. */
  readonly isUnreadable: boolean;
}

/**
 * Which ranges a version is in. Each is judged by its own order of versions, and by the package's where it names none.
 *
 * @param scheme of the package's type
 */
export function judgeVersion<Range extends Bounds>(
  ranges: readonly Range[],
  version: string,
  scheme: string,
): JudgedRanges<Range> {
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

/** Lets rows pass that the version is in a range of, or of which that cannot be told. */
export function rowTestOf(version: string, scheme: string): RowTest {
  return {
    mayBeIn(ranges) {
      try {
        for (const range of ranges)
          if (
            range.constraint === undefined ||
            satisfies(schemeFor(range, scheme), version, range.constraint)
          )
            return true;
        return false;
      } catch (error) {
        if (error instanceof UnsupportedVersionError) return true;
        throw error;
      }
    },
    isAbove(bound) {
      const order = schemeFor(bound, scheme);
      return (order.compareToBound?.(version, bound.version) ?? order.compare(version, bound.version)) > 0;
    },
  };
}

/**
 * The range's. One that names none, as NVD's do, is judged by the package's, where its type has one of its own, and fuzzily where
 * that cannot read it.
 */
export function schemeFor({ type, scheme }: Omit<Bounds, 'constraint'>, ofPackage: string): VersionScheme {
  const isOpen = type === '' || type === 'unknown' || scheme.name === 'fuzzy';
  if (!isOpen) return scheme.name === 'rpm' && ofPackage === 'rpm-zero' ? rpmZero : scheme;
  return forOpenRanges[ofPackage] ?? fuzzy;
}

const fuzzy = schemeOf('fuzzy');

/** Types whose versions are told by one order alone; those of the others are semantic ones, more or less. */
const forOpenRanges: Readonly<Record<string, VersionScheme>> = Object.fromEntries(
  ['dpkg', 'rpm', 'apk', 'pacman', 'portage', 'maven', 'gem', 'pep440', 'go', 'bitnami', 'jvm'].map(
    (name) => [name, orFuzzy(schemeOf(name))],
  ),
);

function orFuzzy(scheme: VersionScheme): VersionScheme {
  const ordered = (order: (left: string, right: string) => number) => (left: string, right: string) => {
    try {
      return order(left, right);
    } catch (error) {
      if (error instanceof UnsupportedVersionError) return fuzzy.compare(left, right);
      throw error;
    }
  };
  const { name, compare, compareToBound } = scheme;
  return {
    name,
    compare: ordered(compare),
    ...(compareToBound === undefined ? {} : { compareToBound: ordered(compareToBound) }),
  };
}

/** rpm's, where an advisory's missing epoch means 0. */
const rpmZero: VersionScheme = { name: 'rpm', compare: schemeOf('rpm').compare };

/** A package has none, or one that says nothing. */
export function isUnknownVersion(version: string): boolean {
  return version === '' || version.toLowerCase() === 'unknown';
}
