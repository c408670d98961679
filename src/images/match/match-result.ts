import type { VulnerabilityMatch } from '../../model/vulnerability.ts';

/** What is known of an SBOM's vulnerabilities, and what is not. */
export interface MatchResult {
  /** By package, then by vulnerability; one for each vulnerability and package. */
  readonly matches: readonly VulnerabilityMatch[];
  /** Those that do not count, each with who says so and why. */
  readonly ignored: readonly VulnerabilityMatch[];
  readonly coverage: Coverage;
}

/** How much of an SBOM could be judged. Where it is not `complete`, no match does not mean no vulnerability. */
export interface Coverage {
  /**
   * `complete`: all packages were looked up in data that speaks of them. `partial`: some could not be. `unknown`: none that
   * matters could be, as there is no data, or none of the image's distribution.
   */
  readonly state: 'complete' | 'partial' | 'unknown';
  /** Whole sentences for people; empty when complete. */
  readonly reasons: readonly string[];
  readonly distribution: DistributionCoverage;
  /** Packages that could not be judged, as indexes into the SBOM, by why. */
  readonly unjudged: readonly { readonly reason: UnjudgedReason; readonly packages: readonly number[] }[];
  /** Unix ms of the data. */
  readonly databaseBuiltAtMs: number;
  /** The data is older than allowed. */
  readonly isStale: boolean;
}

export interface DistributionCoverage {
  /**
   * `covered`: there is data of it. `none`: the image has none, and no packages of one. `unidentified`: packages of a
   * distribution, but of none that is told. `unknown`: the data does not know it. `empty`: the data knows its name alone.
   */
  readonly state: 'covered' | 'none' | 'unidentified' | 'unknown' | 'empty';
  /** As the data calls what was matched against, e.g. `debian 12`; empty when there is none. */
  readonly matchedAs: string;
  /** Unix ms; when the distribution ends to publish fixes, where the data tells it. */
  readonly endOfLifeAtMs?: number;
}

export type UnjudgedReason =
  /** The distribution it belongs to is not covered. */
  | 'distribution'
  /** It has no version, or `unknown`. */
  | 'no-version'
  /** Its version is none of its kind, such as Go's `(devel)`. */
  | 'unreadable-version'
  /** No advisories are kept for its type, and it has no CPE to look for. */
  | 'no-data';
