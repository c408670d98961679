import type { ImagesSource } from '../../api/skopos/images.ts';
import type {
  ImageDetailJson,
  ImagePackagesJson,
  ImageVulnerabilityJson,
} from '../../api/skopos/images-contract.ts';
import { type ImageEntry, stateOf } from '../../images/live/image-entries.ts';
import {
  type ImageFinding,
  type ImageResult,
  type KeptMatch,
  statusOf,
} from '../../images/live/live-image.ts';
import { distributionName } from '../../images/live/matcher.ts';
import type { MatchResult } from '../../images/match/match-result.ts';
import { toCycloneDx } from '../../images/sbom/to-cyclonedx.ts';
import { toSpdx } from '../../images/sbom/to-spdx.ts';
import type { ImageSbom } from '../../model/image-sbom.ts';
import type { Package } from '../../model/package.ts';
import { type VulnerabilityMatch, vulnerabilitySeverities } from '../../model/vulnerability.ts';
import { version } from '../version.ts';
import { imageJson, noCounts, type SeverityCounts, severityWord } from './image-json.ts';
import type { ImagesSourceParts } from './images-source.ts';

/** Names in registries that are told. */
const mostNames = 100;

/** Paths of a package that are told. */
const mostPaths = 20;

/** An image in use, one that is remembered, or both. */
interface Found {
  readonly entries: readonly Readonly<ImageEntry>[];
  readonly digest?: string;
  readonly sbom?: ImageSbom;
  readonly result?: ImageResult;
}

/** What our own API tells of one image. */
export function imageDetails(parts: ImagesSourceParts): Pick<ImagesSource, 'image' | 'packages' | 'sbom'> {
  return {
    image(id) {
      const found = find(id, parts);
      return found === undefined ? undefined : detailOf(id, found, parts);
    },
    packages(id, filter) {
      const found = find(id, parts);
      if (found === undefined) return undefined;
      const all = packagesOf(found, parts);
      const wanted = filter.text.toLowerCase();
      const items = all
        .filter(({ name, version: of }) => `${name} ${of}`.toLowerCase().includes(wanted))
        .filter(({ layers }) => filter.layer === undefined || layers.includes(filter.layer));
      return { total: items.length, items: items.slice(filter.offset, filter.offset + filter.limit) };
    },
    sbom(id, format) {
      const found = find(id, parts);
      if (found?.sbom === undefined) return undefined;
      const about = { name: nameOf(found, parts), version, nowMs: parts.clock.now() };
      if (format === 'spdx') return toSpdx(found.sbom, about);
      const { matches, ignored } = explained(found, parts);
      return toCycloneDx(found.sbom, { ...about, matches: [...matches, ...ignored] });
    },
  };
}

function find(id: string, { live, images }: ImagesSourceParts): Found | undefined {
  const all = [...live.entries()];
  const named = all.filter(({ named: { reference }, digest }) => reference === id || digest === id);
  const digest = named.find((entry) => entry.digest !== undefined)?.digest ?? id;
  const entries = all.filter((entry) => entry.digest === digest || named.includes(entry));
  const sbom = images.sbom(digest);
  const result = images.result(digest);
  if (entries.length === 0 && sbom === undefined) return undefined;
  return {
    entries,
    ...(sbom === undefined ? {} : { sbom, digest }),
    ...(result === undefined ? {} : { result }),
  };
}

function nameOf({ entries, digest = '' }: Found, { registries }: ImagesSourceParts): string {
  return entries[0]?.named.reference ?? registries.ofDigest(digest, 1)[0]?.image ?? digest;
}

function detailOf(id: string, found: Found, parts: ImagesSourceParts): ImageDetailJson {
  const { entries, digest, sbom, result } = found;
  const held = parts.heldBecause();
  const uses = entries.map((entry) => imageJson(entry, held));
  const { matches, ignored } = vulnerabilitiesOf(found, parts);
  const first = entries[0];
  return {
    id,
    ...(digest === undefined ? {} : { digest }),
    imageId: sbom?.imageId ?? '',
    uses,
    state: result?.state ?? (first === undefined ? 'waiting' : stateOf(first)),
    reasons: [...new Set([...uses.flatMap(({ reasons }) => reasons), ...(result?.reasons ?? [])])],
    ...(result === undefined ? {} : { matchedAtMs: result.matchedAtMs }),
    ...(sbom === undefined ? {} : { catalogedAtMs: sbom.catalogedAtMs }),
    ...(sbom === undefined || sbom.builtAtMs === 0 ? {} : { builtAtMs: sbom.builtAtMs }),
    sizeBytes: sbom?.sizeBytes ?? 0,
    platform: sbom?.platform ?? first?.named.platform ?? '',
    distribution: sbom === undefined ? '' : distributionName(sbom),
    packages: sbom?.packages.length ?? 0,
    layers: layersOf(sbom, matches),
    vulnerabilities: matches,
    ignored,
    hasSbom: sbom !== undefined,
    registries: digest === undefined ? [] : registryNames(digest, parts),
  };
}

function registryNames(digest: string, { registries }: ImagesSourceParts): ImageDetailJson['registries'] {
  return registries
    .ofDigest(digest, mostNames)
    .map(({ image, job, schedule, scannedAtMs }) => ({ image, job, schedule, scannedAtMs }));
}

/** What each layer brought. A package that several layers changed counts with each. */
function layersOf(
  sbom: ImageSbom | undefined,
  matches: readonly ImageVulnerabilityJson[],
): ImageDetailJson['layers'] {
  if (sbom === undefined) return [];
  const packages = sbom.layers.map(() => 0);
  const counts: SeverityCounts[] = sbom.layers.map(noCounts);
  for (const one of sbom.packages)
    for (const layer of layerIndexes(one, sbom)) packages[layer] = (packages[layer] ?? 0) + 1;
  for (const { layers, severity, fix } of matches)
    for (const layer of layers) {
      const count = counts[layer]?.[severity];
      if (count === undefined) continue;
      count.all++;
      if (fix.state === 'fixed') count.fixable++;
    }
  return sbom.layers.map((digest, i) => ({
    digest,
    packages: packages[i] ?? 0,
    vulnerabilities: counts[i] ?? noCounts(),
  }));
}

function layerIndexes({ locations }: Package, { layers }: ImageSbom): number[] {
  const found = new Set(locations.map(({ layer }) => layers.indexOf(layer)));
  found.delete(-1);
  return [...found].sort((a, b) => a - b);
}

/** As the data says now, with its reasons; while there is no data, as it was said last. */
function vulnerabilitiesOf(
  found: Found,
  parts: ImagesSourceParts,
): { readonly matches: ImageVulnerabilityJson[]; readonly ignored: ImageVulnerabilityJson[] } {
  const { sbom, result } = found;
  const { matches, ignored } = explained(found, parts);
  const history = historyOf(found, parts);
  if (sbom === undefined || matches.length + ignored.length === 0)
    return {
      matches: byRisk((result?.matches ?? []).map((match) => history(keptJson(match, [])))),
      ignored: byRisk(
        (result?.ignored ?? []).map((match) => history({ ...keptJson(match, []), ignored: match.ignored })),
      ),
    };
  const json = (match: VulnerabilityMatch): ImageVulnerabilityJson[] => matchJson(match, sbom).map(history);
  return { matches: byRisk(matches.flatMap(json)), ignored: byRisk(ignored.flatMap(json)) };
}

function explained({ sbom, digest = '' }: Found, { matcher, images }: ImagesSourceParts): Matches {
  if (sbom === undefined || matcher.version() === '') return noMatches;
  return matcher.explain(sbom, images.nameOf(digest) ?? '');
}

type Matches = Pick<MatchResult, 'matches' | 'ignored'>;
const noMatches: Matches = { matches: [], ignored: [] };

function byRisk(all: ImageVulnerabilityJson[]): ImageVulnerabilityJson[] {
  return all.sort(
    (a, b) =>
      Number(b.knownExploited) - Number(a.knownExploited) || b.risk - a.risk || (a.id < b.id ? -1 : 1),
  );
}

function matchJson(match: VulnerabilityMatch, sbom: ImageSbom): ImageVulnerabilityJson[] {
  const found = sbom.packages[match.package];
  if (found === undefined) return [];
  const { id, aliases, namespace, severity, knownExploited, risk, epss } = match.vulnerability;
  const { type, name, version: installed, purl } = found;
  return [
    {
      ...{ id, aliases: [...aliases], namespace, risk },
      severity: severityWord(severity),
      knownExploited: knownExploited !== undefined,
      ...(epss === undefined ? {} : { epss: epss.probability }),
      package: { type, name, version: installed, purl },
      layers: layerIndexes(found, sbom),
      fix: { state: match.fix.state, versions: [...match.fix.versions] },
      reasons: [...match.reasons],
      ...(match.ignored === undefined ? {} : { ignored: match.ignored }),
    },
  ];
}

function keptJson(
  { severity, aliases, fix, effect: _, ...match }: KeptMatch,
  layers: number[],
): ImageVulnerabilityJson {
  return {
    ...match,
    severity: severityWord(severity),
    aliases: [...aliases],
    fix: { state: fix.state, versions: [...fix.versions] },
    layers,
    reasons: [],
  };
}

/** Since when its repository has it. */
function historyOf(
  { entries }: Found,
  { findings, newSinceMs }: ImagesSourceParts,
): (one: ImageVulnerabilityJson) => ImageVulnerabilityJson {
  const [first] = entries;
  const known = new Map(
    (first === undefined ? [] : findings.of(first.named.repository)).map((one) => [findingKey(one), one]),
  );
  const sinceMs = newSinceMs();
  return (one) => {
    const finding = known.get(JSON.stringify([one.id, one.package.type, one.package.name]));
    if (finding === undefined) return one;
    return { ...one, status: statusOf(finding, sinceMs), firstSeenMs: finding.firstSeenMs };
  };
}

function findingKey({ vulnerability, packageType, packageName }: ImageFinding): string {
  return JSON.stringify([vulnerability, packageType, packageName]);
}

function packagesOf(found: Found, parts: ImagesSourceParts): ImagePackagesJson['items'] {
  const { sbom } = found;
  if (sbom === undefined) return [];
  const counts = new Map<number, VulnerabilityMatch[]>();
  for (const match of explained(found, parts).matches) {
    const others = counts.get(match.package);
    if (others === undefined) counts.set(match.package, [match]);
    else others.push(match);
  }
  return sbom.packages
    .map((one, index) => {
      const own = counts.get(index) ?? [];
      const worst = worstOf(own);
      const { type, name, version: installed, purl, licenses, locations } = one;
      return {
        ...{ type, name, version: installed, purl },
        licenses: [...licenses],
        paths: locations.slice(0, mostPaths).map(({ path }) => path),
        layers: layerIndexes(one, sbom),
        vulnerabilities: own.length,
        ...(worst === undefined ? {} : { worst }),
      };
    })
    .sort((a, b) => b.vulnerabilities - a.vulnerabilities || (a.name < b.name ? -1 : 1));
}

function worstOf(matches: readonly VulnerabilityMatch[]) {
  const severity = vulnerabilitySeverities.find((one) =>
    matches.some(({ vulnerability }) => vulnerability.severity === one),
  );
  return severity === undefined ? undefined : severityWord(severity);
}
