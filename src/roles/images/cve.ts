import type { CveJson } from '../../api/skopos/images-contract.ts';
import type { ImageEntry } from '../../images/live/image-entries.ts';
import {
  type IgnoredMatch,
  type ImageFinding,
  type KeptMatch,
  statusOf,
} from '../../images/live/live-image.ts';
import { type Vulnerability, vulnerabilitySeverities } from '../../model/vulnerability.ts';
import { imageJson, severityWord, workloadsOf } from './image-json.ts';
import { findingJson } from './image-news.ts';
import type { ImagesSourceParts } from './images-source.ts';

/** Findings of one vulnerability that are told, and images that are looked into for them. */
const mostFindings = 500;
const mostImages = 500;
/** Images that are not in use and have it that are looked at, and those that are told. */
const mostElsewhere = 5000;
const mostTold = 100;
/** Images whose data is asked what it says of the vulnerability, until one does. */
const mostAsked = 5;

type Parts = Pick<
  ImagesSourceParts,
  'live' | 'images' | 'findings' | 'registries' | 'matcher' | 'newSinceMs'
>;

/** One vulnerability by any of its names: what is said of it, and where it is or was. Undefined when nowhere. */
export function cveOf(written: string, parts: Parts): CveJson | undefined {
  const id = asAssigned(written);
  const { findings, newSinceMs } = parts;
  const found = findings.named(id, mostFindings);
  const elsewhere = elsewhereOf(id, parts);
  if (found.length === 0 && elsewhere.total === 0) return undefined;
  const having = imagesWith(id, new Set(found.map(({ repository }) => repository)), parts);
  // What runs comes first; where nothing that runs has it, an image of a registry is asked.
  const digests = [
    ...having.flatMap(({ entry }) => entry.digest ?? []),
    ...elsewhere.items.map((one) => one.id),
  ];
  const facts = factsOf(id, digests, parts);
  const [main] = facts;
  const sinceMs = newSinceMs();
  const names = new Set([
    ...facts.flatMap((one) => [one.id, ...one.aliases]),
    ...found.flatMap(({ vulnerability, aliases }) => [vulnerability, ...aliases]),
  ]);
  names.delete(id);
  const severity = vulnerabilitySeverities.find((one) =>
    [...facts, ...found].some((other) => other.severity === one),
  );
  return {
    id,
    aliases: [...names].sort(),
    ...(severity === undefined ? {} : { severity: severityWord(severity) }),
    ...aboutOf(main),
    risk: Math.max(0, ...facts.map(({ risk }) => risk)),
    records: [...new Set(facts.map((one) => `${one.namespace}: ${one.id}`))],
    findings: found.map((finding) => whereOf(finding, having, sinceMs)),
    elsewhere,
  };
}

/** People write `cve-2024-3094`, too: those whose form is known are looked for as they were given out. */
function asAssigned(written: string): string {
  const id = written.trim();
  if (/^cve-\d+-\d+$/i.test(id)) return id.toUpperCase();
  return /^ghsa(?:-[0-9a-z]{4}){3}$/i.test(id) ? `GHSA${id.slice(4).toLowerCase()}` : id;
}

interface Having {
  readonly entry: Readonly<ImageEntry>;
  readonly matches: readonly (KeptMatch | IgnoredMatch)[];
}

/** Images in use that have it, whether it counts or not. */
function imagesWith(
  id: string,
  repositories: ReadonlySet<string>,
  { live, images }: Parts,
): readonly Having[] {
  const known = new Map<string, Having['matches']>();
  const having: Having[] = [];
  for (const entry of live.entries()) {
    const { digest, named } = entry;
    if (digest === undefined || !repositories.has(named.repository)) continue;
    if (known.size >= mostImages && !known.has(digest)) continue;
    const matches = known.get(digest) ?? matchesOf(images.result(digest), id);
    known.set(digest, matches);
    if (matches.length > 0) having.push({ entry, matches });
  }
  return having;
}

function matchesOf(
  result: { readonly matches: readonly KeptMatch[]; readonly ignored: readonly IgnoredMatch[] } | undefined,
  id: string,
): Having['matches'] {
  if (result === undefined) return [];
  return [...result.matches, ...result.ignored].filter(
    (match) => match.id === id || match.aliases.includes(id),
  );
}

/** Images of registries that have it, and that no container runs. */
function elsewhereOf(id: string, { live, images, registries }: Parts): CveJson['elsewhere'] {
  const inUse = new Set([...live.entries()].flatMap(({ digest }) => digest ?? []));
  const all = images
    .having(id, mostElsewhere)
    .filter((digest) => !inUse.has(digest))
    .flatMap((digest) => registries.ofDigest(digest, mostTold))
    .sort((a, b) => b.scannedAtMs - a.scannedAtMs || (a.image < b.image ? -1 : 1));
  const items = all
    .slice(0, mostTold)
    .map(({ digest, image, scannedAtMs }) => ({ id: digest, image, scannedAtMs }));
  return { total: all.length, items };
}

/** All that the data says of it, by each record of it. */
function factsOf(
  id: string,
  digests: readonly string[],
  { images, matcher }: Parts,
): readonly Vulnerability[] {
  if (matcher.version() === '') return [];
  const facts = new Map<string, Vulnerability>();
  for (const digest of digests.slice(0, mostAsked)) {
    const sbom = images.sbom(digest);
    if (sbom === undefined) continue;
    const { matches, ignored } = matcher.explain(sbom, images.nameOf(digest) ?? '');
    for (const { vulnerability } of [...matches, ...ignored])
      if (vulnerability.id === id || vulnerability.aliases.includes(id))
        facts.set(`${vulnerability.namespace} ${vulnerability.id}`, vulnerability);
  }
  // What is told under the name that was asked for comes first, then who says more.
  return [...facts.values()].sort(
    (a, b) => Number(b.id === id) - Number(a.id === id) || b.description.length - a.description.length,
  );
}

function aboutOf(facts: Vulnerability | undefined) {
  const { description = '', urls = [], cvss = [], epss, knownExploited } = facts ?? {};
  const { publishedAtMs, modifiedAtMs } = facts ?? {};
  return {
    description,
    urls: [...urls],
    cvss: [...cvss],
    ...(epss === undefined ? {} : { epss }),
    ...(knownExploited === undefined ? {} : { knownExploited }),
    ...(publishedAtMs === undefined ? {} : { publishedAtMs }),
    ...(modifiedAtMs === undefined ? {} : { modifiedAtMs }),
  };
}

function whereOf(
  finding: ImageFinding,
  having: readonly Having[],
  sinceMs: number,
): CveJson['findings'][number] {
  const own = having.filter(
    ({ entry, matches }) =>
      entry.named.repository === finding.repository &&
      matches.some(
        ({ id, package: { type, name } }) =>
          id === finding.vulnerability && type === finding.packageType && name === finding.packageName,
      ),
  );
  const uses = own.flatMap(({ entry }) => entry.uses);
  return {
    ...findingJson(finding, workloadsOf(uses)),
    status: statusOf(finding, sinceMs),
    isBaseline: finding.isBaseline,
    images: own.map(({ entry }) => {
      const { id, reference, platform, names } = imageJson(entry);
      return { id, reference, platform, names };
    }),
  };
}
