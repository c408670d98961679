import type { VulnerabilityDatabase } from '../../src/images/database/vulnerability-database.ts';
import { type MatchOptions, matchSbom } from '../../src/images/match/match-sbom.ts';
import { ruleOf } from '../../src/images/match/package-types.ts';
import { schemeOf } from '../../src/images/versions/schemes.ts';
import type { ImageSbom } from '../../src/model/image-sbom.ts';
import type { PackageType } from '../../src/model/package.ts';
import type { VulnerabilityMatch } from '../../src/model/vulnerability.ts';
import type { GrypeDocument, GrypeMatch } from './grype-peer.ts';

/** A match as both sides tell it, by what it is about. */
export interface Row {
  readonly severity: string;
  readonly fixState: string;
  readonly fixVersions: readonly string[];
  readonly fixAvailable: string;
  readonly risk: number;
  readonly epss: readonly number[];
  readonly exploited: string;
  readonly cvss: readonly string[];
  /** Other names of the vulnerability that both look for: CVEs and GitHub's. */
  readonly related: readonly string[];
  /** `matcher kind`, of all ways that led to it. */
  readonly found: readonly string[];
  /** What was searched for. */
  readonly searched: readonly string[];
  readonly constraints: readonly string[];
  readonly ignored: string;
}

export type Rows = ReadonlyMap<string, Row>;

export function theirRows({ matches, ignoredMatches = [] }: GrypeDocument): Rows {
  return new Map([
    ...matches.map((match) => [keyOf(match), theirRow(match, '')] as const),
    ...ignoredMatches.map((match) => [`${keyOf(match)} (ignored)`, theirRow(match, 'ignored')] as const),
  ]);
}

export function ourRows(
  sbom: ImageSbom,
  database: VulnerabilityDatabase,
  options: MatchOptions,
  withIgnored: boolean,
): Rows {
  const { matches, ignored } = matchSbom(sbom, database, options);
  const key = ({ package: at, vulnerability }: VulnerabilityMatch) => {
    const found = sbom.packages[at];
    return `${found?.type} ${found?.name} ${found?.version} ${vulnerability.id} ${vulnerability.namespace}`;
  };
  return new Map([
    ...matches.map((match) => [key(match), ourRow(match, '')] as const),
    ...(withIgnored ? ignored : []).map(
      (match) => [`${key(match)} (ignored)`, ourRow(match, 'ignored')] as const,
    ),
  ]);
}

function keyOf({ artifact, vulnerability }: GrypeMatch): string {
  const { type, name, version } = artifact;
  return `${type} ${name} ${version} ${vulnerability.id} ${vulnerability.namespace}`;
}

function theirRow(match: GrypeMatch, ignored: string): Row {
  const { vulnerability, relatedVulnerabilities, matchDetails, artifact } = match;
  const { fix, epss = [], knownExploited = [], cvss } = vulnerability;
  const versions = fix.versions.filter((version) => !isPassed(match, version));
  const isPassedBy = fix.state === 'fixed' && fix.versions.length > 0 && versions.length === 0;
  return {
    severity: vulnerability.severity,
    fixState: isPassedBy ? anything : fix.state === '' ? 'unknown' : fix.state,
    fixVersions: fix.state === 'fixed' ? sorted(versions) : [],
    fixAvailable:
      sorted(
        (fix.available ?? []).filter(({ version }) => versions.includes(version)).map(({ date }) => date),
      )[0] ?? '',
    risk: rounded(vulnerability.risk),
    epss: epss.slice(0, 1).flatMap((one) => [one.epss, one.percentile]),
    exploited: knownExploited
      .slice(0, 1)
      .map((one) => `${one.dateAdded} ${one.dueDate} ${one.knownRansomwareCampaignUse === 'Known'}`)
      .join(),
    cvss: sorted(cvss.map(({ vector, metrics }) => `${vector} ${metrics.baseScore}`)),
    related: sorted(relatedVulnerabilities.map(({ id }) => id).filter((id) => id !== vulnerability.id)),
    // A package is not what itself was built from.
    found: sorted(
      matchDetails.map(({ matcher, type, searchedBy }) =>
        searchedBy.package?.name === artifact.name && type === 'exact-indirect-match'
          ? `${matcher} exact-direct-match`
          : `${matcher} ${type}`,
      ),
    ),
    searched: sorted(
      matchDetails
        .flatMap(
          ({ searchedBy }) =>
            searchedBy.cpes ?? [`${searchedBy.package?.name} ${searchedBy.package?.version}`],
        )
        .map((text) => text.toLowerCase()),
    ),
    constraints: sorted(
      matchDetails.flatMap(({ found }) =>
        found.versionConstraint
          .replace(/ \(\w+\)$/, '')
          .split('||')
          .map(plainConstraint),
      ),
    ),
    ignored,
  };
}

/** Stands for what Grype says otherwise on purpose, see docs/images-matching.md: fixes that are older than what is installed. */
export const anything = '*';

function isPassed({ artifact, matchDetails }: GrypeMatch, version: string): boolean {
  const installed = matchDetails.map(({ searchedBy }) => searchedBy.package?.version ?? artifact.version);
  // As the drawn ranges are: PHP's of semantic versions, those of R of no order that is told.
  const { scheme: name } = ruleOf(artifact.type as PackageType);
  const drawn: Readonly<Record<string, string>> = { composer: 'semver', cran: 'fuzzy' };
  const scheme = schemeOf(drawn[name] ?? name);
  return installed.every((one) => {
    try {
      return (scheme.compareToBound?.(one, version) ?? scheme.compare(one, version)) > 0;
    } catch {
      return false;
    }
  });
}

function ourRow({ vulnerability, fix, reasons }: VulnerabilityMatch, ignored: string): Row {
  const { epss, knownExploited } = vulnerability;
  return {
    severity: vulnerability.severity,
    fixState: fix.state,
    fixVersions: sorted(fix.versions),
    fixAvailable:
      fix.availableAtMs === undefined ? '' : new Date(fix.availableAtMs).toISOString().slice(0, 10),
    risk: rounded(vulnerability.risk),
    epss: epss === undefined ? [] : [epss.probability, epss.percentile],
    exploited:
      knownExploited === undefined
        ? ''
        : `${knownExploited.dateAdded} ${knownExploited.dueDate} ${knownExploited.ransomware}`,
    cvss: sorted(vulnerability.cvss.map(({ vector, score }) => `${vector} ${score}`)),
    related: sorted(vulnerability.aliases.filter((name) => /^(?:CVE|GHSA)-/.test(name))),
    found: sorted(reasons.map(({ matcher, kind }) => `${matcher} ${kind}`)),
    searched: sorted(reasons.map(({ searchedFor }) => searchedFor.toLowerCase())),
    constraints: sorted(reasons.flatMap(({ constraint }) => constraint.split('||').map(plainConstraint))),
    ignored,
  };
}

function plainConstraint(text: string): string {
  const plain = text.trim();
  return plain === 'none' || plain === '' || plain === 'none (unknown)' ? 'all versions' : plain;
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}

/** Both sides add up in different orders. */
function rounded(number: number): number {
  return Math.round(number * 1e6) / 1e6;
}

/**
 * One line for each row that only one side has, or that they tell differently.
 *
 * @param toldByRow vulnerabilities whose CVE is told by rows rather than by their record: Grype does not look for EPSS and KEV of
 *   these
 */
export function differencesOf(ours: Rows, theirs: Rows, toldByRow: ReadonlySet<string>): readonly string[] {
  return [...new Set([...ours.keys(), ...theirs.keys()])].flatMap((key) => {
    const [our, their] = [ours.get(key), theirs.get(key)];
    if (our === undefined || their === undefined)
      return [
        `${key}: only ${our === undefined ? 'Grype' : 'Skopos'} has it ${JSON.stringify(our ?? their)}`,
      ];
    const passedOver = toldByRow.has(key.split(' ')[3] ?? '') ? ['risk', 'epss', 'exploited'] : [];
    return (Object.keys(their) as (keyof Row)[])
      .filter((field) => !passedOver.includes(field) && !isSame(field, our, their))
      .map(
        (field) =>
          `${key}: ${field} is ${JSON.stringify(our[field])} here, ${JSON.stringify(their[field])} in Grype`,
      );
  });
}

/** Reasons tell the ranges that a version is in; Grype tells all ranges of a row. */
function isSame(field: keyof Row, ours: Row, theirs: Row): boolean {
  if (field === 'fixState' && theirs.fixState === anything) return ours.fixState !== 'fixed';
  if (field === 'constraints') return ours.constraints.every((one) => theirs.constraints.includes(one));
  return JSON.stringify(ours[field]) === JSON.stringify(theirs[field]);
}
