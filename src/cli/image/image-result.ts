import type { DatabaseStatus } from '../../images/database/vulnerability-database.ts';
import type { MatchResult } from '../../images/match/match-result.ts';
import { compareTexts } from '../../kit/text-order.ts';
import type { ImageSbom } from '../../model/image-sbom.ts';
import type { Package } from '../../model/package.ts';
import type { VulnerabilityMatch } from '../../model/vulnerability.ts';

/** What `skopos image` found out, for all its formats. */
export interface ImageResult {
  /** As it was asked for. */
  readonly name: string;
  readonly sbom: ImageSbom;
  readonly result: MatchResult;
  readonly database: DatabaseStatus;
  readonly atMs: number;
  /** Identities that a former result has, see {@link identityOf}. */
  readonly baseline?: ReadonlySet<string>;
}

/** The same vulnerability in the same package, whatever version that has. */
export function identityOf(vulnerability: string, found: Pick<Package, 'type' | 'name'>): string {
  return `${vulnerability} ${found.type} ${found.name}`;
}

/** A match with its package. */
export interface ImageFinding {
  readonly match: VulnerabilityMatch;
  readonly found: Package;
  /** Not in the baseline; undefined where there is none. */
  readonly isNew?: boolean;
}

/** The worst first: by risk, then severity, then the names of vulnerability and package. */
export function findingsOf({ sbom, result, baseline }: ImageResult): readonly ImageFinding[] {
  return result.matches
    .flatMap((match): ImageFinding[] => {
      const found = sbom.packages[match.package];
      if (found === undefined) return [];
      const isNew =
        baseline === undefined ? undefined : !baseline.has(identityOf(match.vulnerability.id, found));
      return [{ match, found, ...(isNew === undefined ? {} : { isNew }) }];
    })
    .sort(byWorst);
}

const ranks = { Critical: 5, High: 4, Medium: 3, Low: 2, Negligible: 1, Unknown: 0 } as const;

export function rankOf(severity: keyof typeof ranks): number {
  return ranks[severity];
}

function byWorst({ match: a, found: one }: ImageFinding, { match: b, found: other }: ImageFinding): number {
  return (
    b.vulnerability.risk - a.vulnerability.risk ||
    rankOf(b.vulnerability.severity) - rankOf(a.vulnerability.severity) ||
    compareTexts(a.vulnerability.id, b.vulnerability.id) ||
    compareTexts(one.name, other.name)
  );
}
