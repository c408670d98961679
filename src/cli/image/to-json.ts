import type { VulnerabilityMatch } from '../../model/vulnerability.ts';
import { version } from '../../roles/version.ts';
import { findingsOf, type ImageFinding, type ImageResult } from './image-result.ts';

/** Of the format; counted up when something in it changes its meaning. */
export const imageJsonVersion = 1;

/** The result for programs, and for a later `--baseline`. */
export function toJson(image: ImageResult): string {
  const { name, sbom, result, database, atMs } = image;
  const document = {
    version: imageJsonVersion,
    tool: { name: 'skopos', version },
    at: new Date(atMs).toISOString(),
    image: {
      name,
      digest: sbom.digest,
      imageId: sbom.imageId,
      platform: sbom.platform,
      distribution: sbom.distribution ?? null,
      packages: sbom.packages.length,
      partial: sbom.partial,
    },
    database: {
      state: database.state,
      built: database.builtAtMs === 0 ? null : new Date(database.builtAtMs).toISOString(),
      schema: database.schema,
    },
    coverage: {
      ...result.coverage,
      unjudged: result.coverage.unjudged.map(({ reason, packages }) => ({
        reason,
        packages: packages.map((index) => sbom.packages[index]?.purl || (sbom.packages[index]?.name ?? '')),
      })),
    },
    matches: findingsOf(image).map(matchOf),
    ignored: result.ignored.flatMap((match) => {
      const found = sbom.packages[match.package];
      return found === undefined ? [] : [matchOf({ match, found })];
    }),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function matchOf({ match, found, isNew }: ImageFinding) {
  const { vulnerability, fix, reasons, ignored } = match;
  const { type, name, version: installed, purl, locations, upstreams } = found;
  return {
    vulnerability: { ...vulnerability, ...timesOf(vulnerability) },
    package: { type, name, version: installed, purl, locations, upstreams },
    fix: {
      state: fix.state,
      versions: fix.versions,
      ...(fix.availableAtMs === undefined ? {} : { available: new Date(fix.availableAtMs).toISOString() }),
    },
    reasons,
    ...(isNew === undefined ? {} : { isNew }),
    ...(ignored === undefined ? {} : { ignored }),
  };
}

function timesOf({ publishedAtMs, modifiedAtMs }: VulnerabilityMatch['vulnerability']) {
  return {
    publishedAtMs: undefined,
    modifiedAtMs: undefined,
    ...(publishedAtMs === undefined ? {} : { published: new Date(publishedAtMs).toISOString() }),
    ...(modifiedAtMs === undefined ? {} : { modified: new Date(modifiedAtMs).toISOString() }),
  };
}
