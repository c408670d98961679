import type { Distribution } from '../../model/image-sbom.ts';
import type { Package } from '../../model/package.ts';
import { factsOfPurl, type PurlFacts } from './from-purl.ts';
import { type ImageNote, type PackageNote, readPackageNote } from './notes.ts';

/** What a reader finds in a document. */
export interface SbomParts {
  /** Where the document is one of ours. */
  readonly image?: ImageNote;
  readonly distribution?: Distribution;
  readonly packages: readonly Package[];
}

/** What all formats tell of a package. */
export interface ReadPackage {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly cpes: readonly string[];
  readonly licenses: readonly string[];
  /** Our own note, where it is there. */
  readonly note?: string | undefined;
}

/** A package of a document: by our note, else as far as its package URL tells. */
export function packageFrom({ name, version, purl, cpes, licenses, note }: ReadPackage): Package {
  const own = readPackageNote(note);
  if (own !== undefined) return { ...own, name, version, purl };
  const facts = factsOfPurl(purl);
  const guess: PackageNote = {
    type: cpes.length > 0 ? 'binary' : 'unknown',
    language: '',
    cpes,
    licenses,
    locations: [],
    upstreams: [],
    details: {},
    foundBy: 'sbom',
  };
  if (facts === undefined) return { ...guess, name, version, purl };
  const { type, language, upstreams, details } = facts;
  return {
    ...guess,
    type,
    language,
    upstreams: upstreams.filter((upstream) => upstream.name !== facts.name || upstream.version !== undefined),
    details,
    name: nameOf(facts, name),
    version: version === '' ? facts.version : version,
    purl,
  };
}

/** Package URLs tell the name as data has it; of Python, where it is written in several ways, the document's own stays. */
function nameOf(facts: PurlFacts, written: string): string {
  const isOfPython = facts.type === 'python' && written !== '';
  return facts.name === '' || isOfPython ? written : facts.name;
}

/** The distribution that most packages say they are of. */
export function distributionOfPackages(packages: readonly Package[]): Distribution | undefined {
  const counts = new Map<string, { readonly distribution: PurlFacts['distribution']; count: number }>();
  for (const { purl } of packages) {
    const distribution = factsOfPurl(purl)?.distribution;
    if (distribution === undefined) continue;
    const key = `${distribution.id} ${distribution.version}`;
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { distribution, count: 1 });
    else known.count++;
  }
  const most = [...counts.values()].sort((a, b) => b.count - a.count)[0]?.distribution;
  return most === undefined ? undefined : plainDistribution(most.id, most.version);
}

export function plainDistribution(id: string, version: string, name = id): Distribution {
  return { id, version, codename: '', name, idLike: [], channels: [] };
}
