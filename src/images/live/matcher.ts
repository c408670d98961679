import type { ImageSbom } from '../../model/image-sbom.ts';
import type { VulnerabilityMatch } from '../../model/vulnerability.ts';
import type { VulnerabilityDatabase } from '../database/vulnerability-database.ts';
import type { IgnoreRule } from '../match/ignore-rules.ts';
import type { MatchResult } from '../match/match-result.ts';
import { type MatchOptions, matchSbom } from '../match/match-sbom.ts';
import { VexBook } from '../match/vex/vex-book.ts';
import type { VexStatement } from '../match/vex/vex-statement.ts';
import { effectOf } from './code-execution.ts';
import type { IgnoredMatch, ImageResult, KeptMatch } from './live-image.ts';

/** Says what is wrong with an image by what it is made of. */
export interface ImageMatcher {
  /** What results are made with; other data or other rules have another version. Empty while there is no data. */
  version(): string;
  /**
   * @param name what the image is called, for VEX documents that speak of it so; may be empty
   * @throws {VulnerabilityDatabaseError} when the data turns out to be damaged.
   */
  match(sbom: ImageSbom, atMs: number, name: string): ImageResult;
  /** The same with all that the data says of each vulnerability and why it is there. @throws as {@link match} */
  explain(sbom: ImageSbom, name: string): MatchResult;
}

/** What people say does not count, as it is at the time. */
export interface MatchRules {
  /** Other rules have another version; empty for none. */
  readonly version: string;
  readonly ignore: readonly IgnoreRule[];
  /** Of VEX documents. */
  readonly statements: readonly VexStatement[];
}

export const noRules: MatchRules = { version: '', ignore: [], statements: [] };

/** The matcher of a database, whatever data and rules there are at the time. */
export function databaseMatcher(
  database: VulnerabilityDatabase,
  rules: () => MatchRules = () => noRules,
): ImageMatcher {
  const explain = (sbom: ImageSbom, name: string): MatchResult =>
    matchSbom(sbom, database, { ...optionsOf(rules()), reference: name });
  const version = (): string => {
    const data = versionOf(database);
    const { version: own } = rules();
    return data === '' || own === '' ? data : `${data} rules=${own}`;
  };
  return {
    version,
    explain,
    match(sbom, atMs, name) {
      const { matches, ignored, coverage } = explain(sbom, name);
      return {
        digest: sbom.digest,
        database: version(),
        matchedAtMs: atMs,
        state: coverage.state === 'complete' && sbom.partial.length > 0 ? 'partial' : coverage.state,
        reasons: [
          ...sbom.partial.map(({ where, reason }) => `${where}: ${reason}`).slice(0, mostReasons),
          ...coverage.reasons,
        ],
        isWhole: sbom.partial.length === 0,
        packages: sbom.packages.length,
        image: {
          builtAtMs: sbom.builtAtMs,
          sizeBytes: sbom.sizeBytes,
          distribution: distributionName(sbom),
        },
        matches: matches.flatMap((match) => keptOf(match, sbom)),
        ignored: ignored.flatMap((match) => ignoredOf(match, sbom)),
      };
    },
  };
}

const options = new WeakMap<MatchRules, MatchOptions>();

function optionsOf(rules: MatchRules): MatchOptions {
  let known = options.get(rules);
  if (known === undefined) {
    const { ignore, statements } = rules;
    known = { ignore, ...(statements.length === 0 ? {} : { vex: new VexBook(statements) }) };
    options.set(rules, known);
  }
  return known;
}

/** Parts of an image that could not be read and are told of. */
const mostReasons = 20;

export function distributionName({ distribution }: ImageSbom): string {
  return distribution === undefined ? '' : `${distribution.id} ${distribution.version}`.trim();
}

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
  const { id, aliases, namespace, severity, knownExploited, risk, epss } = match.vulnerability;
  const { type, name, version, purl } = found;
  const { state, versions } = match.fix;
  const effect = effectOf(match.vulnerability.description);
  return [
    {
      ...{ id, aliases, namespace, severity, risk },
      knownExploited: knownExploited !== undefined,
      ...(epss === undefined ? {} : { epss: epss.probability }),
      fix: { state, versions },
      ...(effect === undefined ? {} : { effect }),
      package: { type, name, version, purl },
    },
  ];
}

function ignoredOf(match: VulnerabilityMatch, sbom: ImageSbom): readonly IgnoredMatch[] {
  const { ignored } = match;
  return ignored === undefined ? [] : keptOf(match, sbom).map((kept) => ({ ...kept, ignored }));
}
