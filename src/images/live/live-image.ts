import {
  type GraveVulnerabilities,
  graveOf,
  type VulnerabilityEffect,
} from '../../model/grave-vulnerabilities.ts';
import type { ObjectRef } from '../../model/object.ts';
import type { PackageType } from '../../model/package.ts';
import type { FixState, VulnerabilitySeverity } from '../../model/vulnerability.ts';

/** An image by the name it is run by. With a digest in its reference it is always the same image; with a tag alone it may be another tomorrow. */
export interface NamedImage {
  /** In full: `docker.io/library/nginx@sha256:…`, or whatever else `Analyser.open` takes. */
  readonly reference: string;
  /** `linux/arm64`. */
  readonly platform: string;
  /** What findings are told by: `docker.io/library/nginx`. */
  readonly repository: string;
}

/** A container that runs an image. */
export interface ImageUse extends NamedImage {
  /** As it is written in the container. */
  readonly image: string;
  /** The top of the chain of owners. */
  readonly workload: ObjectRef;
  readonly container: string;
  /** Of the change that brought it. */
  readonly cause?: string;
  /** Of the pod: Secrets with logins. */
  readonly pullSecrets?: readonly { readonly namespace: string; readonly name: string }[];
}

/** A vulnerability in an image, as it is kept: what the data says of it besides can be asked again by its id. */
export interface KeptMatch {
  readonly id: string;
  /** Its other names: `CVE-…` of a `GHSA-…`. */
  readonly aliases: readonly string[];
  readonly namespace: string;
  readonly severity: VulnerabilitySeverity;
  readonly knownExploited: boolean;
  /** 0..100, as Grype counts it. */
  readonly risk: number;
  readonly epss?: number;
  readonly fix: { readonly state: FixState; readonly versions: readonly string[] };
  readonly effect?: VulnerabilityEffect;
  readonly package: {
    readonly type: PackageType;
    readonly name: string;
    readonly version: string;
    readonly purl: string;
  };
}

/** Who says that a match does not count, and why: an ignore rule, a VEX document, the distribution. */
export interface IgnoreReason {
  readonly by: string;
  readonly reason: string;
}

/** A match that does not count. */
export interface IgnoredMatch extends KeptMatch {
  readonly ignored: IgnoreReason;
}

/**
 * `complete`: all packages were looked up. `partial`: some could not be, or some of the image could not be read. `unknown`: nothing
 * can be said; that there are no matches then means nothing.
 */
export type ResultState = 'complete' | 'partial' | 'unknown';

/** What is known of an image's vulnerabilities. */
export interface ImageResult {
  readonly digest: string;
  /** Of the data it was matched with; empty when there was none. */
  readonly database: string;
  readonly matchedAtMs: number;
  readonly state: ResultState;
  /** Why it is not complete, in whole sentences. */
  readonly reasons: readonly string[];
  /** Whether all of the image could be read: what is missing of another may still be there otherwise. */
  readonly isWhole: boolean;
  readonly packages: number;
  readonly image: ImageFacts;
  readonly matches: readonly KeptMatch[];
  /** What does not count. */
  readonly ignored: readonly IgnoredMatch[];
}

/** What a list of images tells of each. */
export interface ImageFacts {
  /** Unix ms, 0 where it is not written. */
  readonly builtAtMs: number;
  /** Compressed, of all layers. */
  readonly sizeBytes: number;
  /** `debian 12.5`; empty where none was found. */
  readonly distribution: string;
}

/** How many matches of an image are alike in what series tell. */
export interface Tally {
  readonly severity: VulnerabilitySeverity;
  readonly fixable: boolean;
  readonly knownExploited: boolean;
  readonly count: number;
}

/** A result without its matches; small enough to be held for every image. */
export interface ImageSummary extends Omit<ImageResult, 'matches' | 'ignored'> {
  readonly tallies: readonly Tally[];
  /** How many matches do not count. */
  readonly ignored: number;
  /** The risk of the riskiest vulnerability, 0..100, as Grype counts it. */
  readonly risk: number;
  /** What controls ask. */
  readonly grave: GraveVulnerabilities;
}

export interface FindingKey {
  readonly repository: string;
  readonly vulnerability: string;
  readonly packageType: string;
  readonly packageName: string;
}

/** A vulnerable package of a repository: the same one whatever the tag, digest or number of replicas. */
export interface ImageFinding extends FindingKey {
  /** Other names of the vulnerability. */
  readonly aliases: readonly string[];
  readonly severity: VulnerabilitySeverity;
  readonly knownExploited: boolean;
  readonly installed: string;
  /** What to upgrade to; empty where nothing is known to fix it. */
  readonly fixedIn: string;
  readonly firstSeenMs: number;
  /** There when this repository was looked at for the first time, as Skopos began to watch: not news. */
  readonly isBaseline: boolean;
  /** When no image in use had it any more; absent while one has. */
  readonly fixedAtMs?: number;
  /** Since when it does not count although it is there, by whom and why. */
  readonly ignored?: IgnoreReason & { readonly atMs: number };
}

/** `ignored`: it is there still, and somebody has said that it does not count. */
export type FindingStatus = 'new' | 'still' | 'fixed' | 'ignored';

/** @param newSinceMs what was first seen from then on is new */
export function statusOf(finding: ImageFinding, newSinceMs: number): FindingStatus {
  if (finding.fixedAtMs !== undefined) return 'fixed';
  if (finding.ignored !== undefined) return 'ignored';
  return !finding.isBaseline && finding.firstSeenMs >= newSinceMs ? 'new' : 'still';
}

/** Whether any image in use has it, and nobody has said that it does not count. */
export function isOpen({ fixedAtMs, ignored }: ImageFinding): boolean {
  return fixedAtMs === undefined && ignored === undefined;
}

export function isFixable({ fix }: Pick<KeptMatch, 'fix'>): boolean {
  return fix.state === 'fixed';
}

/** A result without its matches, which are counted. */
export function summaryOf({ matches, ignored, ...rest }: ImageResult): ImageSummary {
  const tallies = new Map<string, Tally>();
  for (const match of matches) {
    const { severity, knownExploited } = match;
    const fixable = isFixable(match);
    const key = `${severity} ${fixable} ${knownExploited}`;
    const count = (tallies.get(key)?.count ?? 0) + 1;
    tallies.set(key, { severity, fixable, knownExploited, count });
  }
  const risk = matches.reduce((most, match) => Math.max(most, match.risk), 0);
  const grave = graveOf(matches.map(weighed));
  return { ...rest, tallies: [...tallies.values()], ignored: ignored.length, risk, grave };
}

function weighed({ id, severity, knownExploited, fix, effect, package: { name, version } }: KeptMatch) {
  return {
    ...{ id, severity, knownExploited, package: name, installed: version },
    fixedIn: fix.state === 'fixed' ? fix.versions.join(', ') : '',
    ...(effect === undefined ? {} : { effect }),
  };
}
