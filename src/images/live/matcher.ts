import type { ImageSbom } from '../../model/image-sbom.ts';
import type { VulnerabilityMatch } from '../../model/vulnerability.ts';
import type { VulnerabilityDatabase } from '../database/vulnerability-database.ts';
import { type MatchOptions, matchSbom } from '../match/match-sbom.ts';
import type { ImageResult, KeptMatch } from './live-image.ts';

/** Says what is wrong with an image by what it is made of. */
export interface ImageMatcher {
  /** What results are made with; other data has another version. Empty while there is none. */
  version(): string;
  /** @throws {VulnerabilityDatabaseError} when the data turns out to be damaged. */
  match(sbom: ImageSbom, atMs: number): ImageResult;
}

/** The matcher of a database, whatever data it has at the time. */
export function databaseMatcher(database: VulnerabilityDatabase, options: MatchOptions = {}): ImageMatcher {
  return {
    version: () => versionOf(database),
    match(sbom, atMs) {
      const { matches, ignored, coverage } = matchSbom(sbom, database, options);
      return {
        digest: sbom.digest,
        database: versionOf(database),
        matchedAtMs: atMs,
        state: coverage.state === 'complete' && sbom.partial.length > 0 ? 'partial' : coverage.state,
        reasons: [
          ...sbom.partial.map(({ where, reason }) => `${where}: ${reason}`).slice(0, mostReasons),
          ...coverage.reasons,
        ],
        isWhole: sbom.partial.length === 0,
        packages: sbom.packages.length,
        matches: matches.flatMap((match) => keptOf(match, sbom)),
        ignored: ignored.length,
      };
    },
  };
}

/** Parts of an image that could not be read and are told of. */
const mostReasons = 20;

function versionOf(database: VulnerabilityDatabase): string {
  if (database.snapshot === undefined) return '';
  const { builtAtMs, schema, providers, import: note } = database.status();
  const parts = [schema, new Date(builtAtMs).toISOString(), note?.digest ?? ''];
  const own = providers.map(({ id, version, capturedAtMs }) => `${id}=${version}@${capturedAtMs}`);
  return [...parts, ...own].join(' ');
}

function keptOf(match: VulnerabilityMatch, { packages }: ImageSbom): readonly KeptMatch[] {
  const found = packages[match.package];
  if (found === undefined) return [];
  const { id, namespace, severity, knownExploited, risk, epss } = match.vulnerability;
  const { type, name, version, purl } = found;
  const { state, versions } = match.fix;
  return [
    {
      ...{ id, namespace, severity, risk },
      knownExploited: knownExploited !== undefined,
      ...(epss === undefined ? {} : { epss: epss.probability }),
      fix: { state, versions },
      package: { type, name, version, purl },
    },
  ];
}
