import type { Difference } from './syft-compare.ts';

/** What is told otherwise on purpose, and why. docs/images-catalogers.md tells the same. */
export interface Deliberate {
  readonly why: string;
  readonly holds: (difference: Difference) => boolean;
}

const ofType =
  (...types: readonly string[]) =>
  ({ of }: Difference) =>
    types.some((type) => of.startsWith(`${type} `));
const isPackage = ({ what }: Difference) => what === 'package';
const onlyOurs = ({ theirs }: Difference) => theirs.length === 0;
const onlyTheirs = ({ ours }: Difference) => ours.length === 0;

export const deliberate: readonly Deliberate[] = [
  {
    why: 'packages of distributions are matched by what the distribution says: they need no CPEs',
    holds: (each) =>
      each.what === 'cpes' && onlyTheirs(each) && ofType('deb', 'rpm', 'alpm', 'portage')(each),
  },
  {
    why: 'there is no copy of the CPE dictionary: names are guessed for packages that Syft finds in it',
    holds: (each) => each.what === 'cpes' && each.isOfDictionary,
  },
  {
    why: 'licenses are told as they are written, not as SPDX identifiers of them',
    holds: (each) =>
      each.what === 'licenses' && (each.ours.length > 0 || ofType('deb', 'python', 'portage')(each)),
  },
  {
    why: 'without a version nothing can be said of a package, and it is left out',
    holds: (each) => isPackage(each) && onlyTheirs(each) && each.of.endsWith(' UNKNOWN'),
  },
  {
    why: 'templates of packages are none',
    holds: (each) => isPackage(each) && onlyTheirs(each) && each.of.includes('{{'),
  },
  {
    why: 'an archive without a manifest is told by its file name',
    holds: (each) => isPackage(each) && onlyOurs(each) && each.of === 'java-archive no-manifest 1.0',
  },
  {
    why: 'Java itself has a type of its own; Syft tells it by its metadata',
    holds: (each) => isPackage(each) && /^(?:jvm|binary) openjdk /.test(each.of),
  },
  {
    why: 'programs known by their contents are all of the type "binary"',
    holds: (each) =>
      isPackage(each) && /^(?:binary (?:perl|composer)|cpan perl|php-composer composer) /.test(each.of),
  },
  {
    why: 'a main module that was built from a working copy has the version that Go gives it',
    holds: (each) => isPackage(each) && onlyOurs(each) && each.of.endsWith(' (devel)'),
  },
  {
    why: 'plugins of WordPress have a package URL',
    holds: (each) => each.what === 'purl' && ofType('wordpress-plugin')(each),
  },
  {
    why: 'what pacman lists as the files of a package is its own, also without an mtree',
    holds: (each) => each.what === 'owner' && onlyOurs(each) && each.ours[0]?.startsWith('alpm ') === true,
  },
  {
    why: 'an assembly of .NET is told by its version resource as the package that it is of',
    holds: (each) => isPackage(each) && onlyOurs(each) && each.of === 'dotnet Lone.Library 2.5.0',
  },
  {
    why: 'Django is known by who makes it, however its name is written',
    holds: (each) => each.what === 'cpes' && each.of === 'python django 4.2.1' && onlyOurs(each),
  },
  {
    why: 'lists and quoted addresses are no names of vendors',
    holds: (each) =>
      each.what === 'cpes' && onlyTheirs(each) && each.theirs.every((cpe) => /\\["[]/.test(cpe)),
  },
];
