import { PackageURL } from 'packageurl-js';
import type { ImageSbom } from '../../src/model/image-sbom.ts';
import type { SyftArtifact, SyftDocument } from './syft-peer.ts';

/** What is compared of a package, whoever told of it. */
export interface ComparedPackage {
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly language: string;
  readonly paths: readonly string[];
  readonly licenses: readonly string[];
  readonly cpes: readonly string[];
  /** `type name version` of what owns it. */
  readonly owner: string;
  /** Whether its CPEs are those of Syft's dictionary, and not guessed. */
  readonly isOfDictionary: boolean;
}

/** One thing that the two tell otherwise. */
export interface Difference {
  /** `type name version`. */
  readonly of: string;
  readonly at: string;
  readonly what: 'package' | 'purl' | 'language' | 'paths' | 'licenses' | 'cpes' | 'owner';
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
  readonly isOfDictionary: boolean;
}

export function comparedOurs(sbom: Pick<ImageSbom, 'packages'>): ComparedPackage[] {
  return sbom.packages.map((found) => {
    const owner = found.ownedBy === undefined ? undefined : sbom.packages[found.ownedBy];
    return {
      ...found,
      purl: canonical(found.purl),
      paths: found.locations.map(({ path }) => path).sort(),
      licenses: [...found.licenses].sort(),
      cpes: [...found.cpes].sort(),
      isOfDictionary: false,
      owner: owner === undefined ? '' : `${owner.type} ${owner.name} ${owner.version}`,
    };
  });
}

export function comparedTheirs(document: SyftDocument): ComparedPackage[] {
  const byId = new Map(document.artifacts.map((each) => [each.id, each]));
  const owners = new Map(
    document.artifactRelationships.flatMap(({ parent, child, type }) => {
      const owner = byId.get(parent);
      return type === 'ownership-by-file-overlap' && owner !== undefined
        ? [[child, `${owner.type} ${owner.name} ${owner.version}`] as const]
        : [];
    }),
  );
  return document.artifacts.map((found) => ({
    type: found.type,
    name: found.name,
    version: found.version,
    purl: canonical(found.purl),
    language: found.language,
    paths: pathsOf(found),
    licenses: found.licenses.map(({ value }) => value).sort(),
    cpes: found.cpes.map(({ cpe }) => cpe).sort(),
    isOfDictionary: found.cpes.some(({ source }) => source === 'nvd-cpe-dictionary'),
    owner: owners.get(found.id) ?? '',
  }));
}

/** What only supports the find is not where it was found. */
function pathsOf({ locations }: SyftArtifact): string[] {
  const primary = locations.filter(({ annotations }) => annotations?.evidence === 'primary');
  return (primary.length > 0 ? primary : locations).map(({ path }) => path).sort();
}

/** Qualifiers in one order. */
function canonical(purl: string): string {
  if (purl === '') return '';
  const { type, namespace, name, version, qualifiers, subpath } = PackageURL.fromString(purl);
  const sorted = Object.entries(qualifiers ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return new PackageURL(type, namespace, name, version, Object.fromEntries(sorted), subpath).toString();
}

const fields = ['purl', 'language', 'paths', 'licenses', 'cpes', 'owner'] as const;

export function differencesOf(
  ours: readonly ComparedPackage[],
  theirs: readonly ComparedPackage[],
): Difference[] {
  const keyOf = ({ type, name, version, paths }: ComparedPackage) =>
    [type, name, version, paths[0]].join(' ');
  const left = new Map(theirs.map((each) => [keyOf(each), each]));
  const differences: Difference[] = [];
  const alone = (found: ComparedPackage, isOurs: boolean): Difference => ({
    ...{ of: idOf(found), at: found.paths.join(' '), what: 'package' },
    ...{ ours: isOurs ? [found.purl] : [], theirs: isOurs ? [] : [found.purl], isOfDictionary: false },
  });
  for (const found of ours) {
    const peer = left.get(keyOf(found));
    left.delete(keyOf(found));
    if (peer === undefined) differences.push(alone(found, true));
    else differences.push(...fields.flatMap((what) => difference(found, peer, what) ?? []));
  }
  return [...differences, ...[...left.values()].map((found) => alone(found, false))];
}

function difference(
  ours: ComparedPackage,
  theirs: ComparedPackage,
  what: (typeof fields)[number],
): Difference | undefined {
  const [own, other] = [textsOf(ours[what]), textsOf(theirs[what])];
  const more = own.filter((each) => !other.includes(each));
  const less = other.filter((each) => !own.includes(each));
  if (more.length === 0 && less.length === 0) return undefined;
  const { isOfDictionary } = theirs;
  return { of: idOf(ours), at: ours.paths.join(' '), what, ours: more, theirs: less, isOfDictionary };
}

/** Names in CPEs are the same in capitals. */
function textsOf(value: string | readonly string[]): string[] {
  return [value]
    .flat()
    .filter(Boolean)
    .map((text) => (text.startsWith('cpe:') ? text.toLowerCase() : text));
}

function idOf({ type, name, version }: ComparedPackage): string {
  return `${type} ${name} ${version}`;
}

/** A difference as people read it. */
export function lineOf({ of, at, what, ours, theirs }: Difference): string {
  const more = ours.map((each) => `+${each}`);
  const less = theirs.map((each) => `-${each}`);
  return `${of} at ${at}: ${what} ${[...more, ...less].join(' ')}`;
}
