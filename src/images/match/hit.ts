import type { MatchReason } from '../../model/vulnerability.ts';
import type { Advisory, AdvisoryRange, AdvisoryRecord, OperatingSystem } from '../database/advisory.ts';
import type { DatabaseSnapshot } from '../database/database-snapshot.ts';
import type { MatchSettings } from './match-settings.ts';

/** A row that concerns a package in its version. */
export interface Hit {
  readonly advisory: Advisory;
  readonly record: AdvisoryRecord;
  /** Those of the row's ranges that the version is in. */
  readonly ranges: readonly AdvisoryRange[];
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
    readonly systems: readonly OperatingSystem[];
    /** Those of its extended support, where the image has it. */
    readonly extended: readonly OperatingSystem[];
    /** AlmaLinux' own, as its packages are judged by Red Hat's data first. */
    readonly own: readonly OperatingSystem[];
  };
}

export const noFindings: Findings = { hits: [], isUnreadable: false };

export function together(all: readonly Findings[]): Findings {
  return {
    hits: all.flatMap(({ hits }) => hits),
    isUnreadable: all.some(({ isUnreadable }) => isUnreadable),
  };
}

/** The names by which a vulnerability is known: its own, its aliases, and the CVEs that the row is told for. */
export function namesOf({ advisory, record }: Pick<Hit, 'advisory' | 'record'>): readonly string[] {
  return [...new Set([record.id, ...record.aliases, ...advisory.about.cves])];
}
