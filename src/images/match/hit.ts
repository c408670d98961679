import type { MatchReason } from '../../model/vulnerability.ts';
import type { Advisory, AdvisoryRecord, OperatingSystem } from '../database/advisory.ts';
import type { DatabaseSnapshot } from '../database/database-snapshot.ts';
import type { FoundFix } from './fix.ts';
import type { MatchSettings } from './match-settings.ts';

/** A row that concerns a package in its version. */
export interface Hit {
  readonly advisory: Advisory;
  readonly record: AdvisoryRecord;
  readonly fix: FoundFix;
  readonly reason: MatchReason;
}

/** What rows say of a package; `isUnreadable` when some could not be judged for the version's or their own sake. */
export interface Findings {
  readonly hits: readonly Hit[];
  readonly isUnreadable: boolean;
}

/** What an image's packages are judged by. */
export interface Scene {
  readonly data: DatabaseSnapshot;
  readonly settings: MatchSettings;
  readonly distribution: {
    readonly id: string;
    /** As the image tells it, e.g. `9.4`. */
    readonly version: string;
    readonly systems: readonly OperatingSystem[];
    /** Those of its extended support, where the image has it. */
    readonly extended: readonly OperatingSystem[];
    /** AlmaLinux' own, as its packages are judged by Red Hat's data first. */
    readonly own: readonly OperatingSystem[];
  };
}

export const noFindings: Findings = { hits: [], isUnreadable: false };

export function together(all: readonly Findings[]): Findings {
  const [first] = all;
  if (all.length === 1 && first !== undefined) return first;
  return {
    hits: all.flatMap(({ hits }) => hits),
    isUnreadable: all.some(({ isUnreadable }) => isUnreadable),
  };
}

/** The names by which a vulnerability is known: its own, its aliases, and the CVEs that the row is told for. */
export function namesOf({ advisory, record }: Pick<Hit, 'advisory' | 'record'>): readonly string[] {
  const { id, aliases } = record;
  const { cves } = advisory.about;
  return aliases.length === 0 && cves.length === 0 ? [id] : [...new Set([id, ...aliases, ...cves])];
}

/** Hits of vulnerabilities that have none of these names. Rows of one record stand or fall together. */
export function withoutNamed(hits: readonly Hit[], names: ReadonlySet<string>): readonly Hit[] {
  if (hits.length === 0 || names.size === 0) return hits;
  const taken = new Set(
    hits.filter((hit) => namesOf(hit).some((name) => names.has(name))).map(({ record }) => record.id),
  );
  return taken.size === 0 ? hits : hits.filter(({ record }) => !taken.has(record.id));
}
