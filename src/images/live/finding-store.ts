import type { Clock } from '../../kit/clock.ts';
import { vulnerabilitySeverities } from '../../model/vulnerability.ts';
import type { Database } from '../../store/database.ts';
import { migrate } from '../../store/migrate.ts';
import { compareFindings, type FindingDifference, type RepositoryState } from './compare-findings.ts';
import { findingOfRow, findingTables, putFinding } from './finding-rows.ts';
import type { ImageFinding } from './live-image.ts';

export interface FindingStoreOptions {
  readonly db: Database;
  readonly clock: Clock;
  /** For how long fixed ones are remembered; 30 days when left out. */
  readonly maxFixedAgeMs?: number;
}

export interface LookedAt extends RepositoryState {
  /** Whether they have all been looked at: what is found from now on is no baseline any more. */
  readonly isSettled: boolean;
}

/** Those of a baseline are not new. */
export type FindingChanges = Omit<FindingDifference, 'other'>;

/** What happened to findings of a repository since a time, by what they are now. */
export type NewsKind = 'new' | 'fixed' | 'ignored';

export const newsKinds: readonly NewsKind[] = ['new', 'fixed', 'ignored'];

const isOpenRow = 'fixed IS NULL AND ignored IS NULL';
const isNewRow = `first_seen >= ? AND baseline = 0 AND ${isOpenRow}`;

/** Since when each repository has what, across tags, digests, replicas and restarts. */
export class FindingStore {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #maxFixedAgeMs: number;
  /** Whether nothing had ever been looked at when it was opened: what is found first is then the baseline. */
  readonly isFresh: boolean;

  /** @throws {UnavailableError} when the tables cannot be made. */
  constructor({ db, clock, maxFixedAgeMs = 30 * 86_400_000 }: FindingStoreOptions) {
    this.#db = db;
    this.#clock = clock;
    this.#maxFixedAgeMs = maxFixedAgeMs;
    migrate(db, 'image findings', findingTables);
    this.isFresh = db.prepare('SELECT 1 FROM image_repositories LIMIT 1').get() === undefined;
  }

  /** A repository is in use. What its first result has is the baseline, if it is so told the first time. */
  enlist(repository: string, isBaseline: boolean): void {
    this.#db
      .prepare('INSERT OR IGNORE INTO image_repositories VALUES (?, ?)')
      .run(repository, isBaseline ? 1 : 0);
  }

  /** Holds what a repository has now beside what it had, keeps it, and says what is other. */
  reconcile(state: LookedAt): FindingChanges {
    const { repository, isSettled } = state;
    const nowMs = this.#clock.now();
    const isBaseline = this.#isBaseline(repository);
    const { other, ...changes } = compareFindings(this.of(repository), state, {
      firstSeenMs: nowMs,
      isBaseline,
    });
    this.#db.transaction(() => {
      for (const finding of [...Object.values(changes).flat(), ...other]) putFinding(this.#db, finding);
      if (isBaseline && isSettled)
        this.#db.prepare('UPDATE image_repositories SET baseline = 0 WHERE repository = ?').run(repository);
      this.#db.prepare('DELETE FROM image_findings WHERE fixed < ?').run(nowMs - this.#maxFixedAgeMs);
    });
    return { ...changes, new: isBaseline ? [] : changes.new };
  }

  /** All of a repository, fixed and ignored ones too. */
  of(repository: string): readonly ImageFinding[] {
    return this.#db
      .prepare('SELECT * FROM image_findings WHERE repository = ?')
      .all(repository)
      .map(findingOfRow);
  }

  /** Those of a vulnerability by any of its names, in every repository; at most `limit`. */
  named(vulnerability: string, limit: number): readonly ImageFinding[] {
    return this.#db
      .prepare(
        `SELECT * FROM image_findings WHERE vulnerability = ? OR instr(' ' || aliases || ' ', ?) > 0
         ORDER BY repository, vulnerability, package_name LIMIT ?`,
      )
      .all(vulnerability, ` ${vulnerability} `, limit)
      .map(findingOfRow);
  }

  /** Repositories that have any that is not fixed. */
  openRepositories(): readonly string[] {
    return this.#db
      .prepare('SELECT DISTINCT repository FROM image_findings WHERE fixed IS NULL')
      .all()
      .map((row) => String(row['repository']));
  }

  /** Open ones that are new since then, the worst first; at most `limit`. */
  newSince(sinceMs: number, limit: number): readonly ImageFinding[] {
    return this.#worst(isNewRow, [sinceMs], limit);
  }

  /** How many open ones are new since then. */
  countNewSince(sinceMs: number): number {
    const row = this.#db.prepare(`SELECT count(*) AS n FROM image_findings WHERE ${isNewRow}`).get(sinceMs);
    return Number(row?.['n'] ?? 0);
  }

  /** Open ones, the worst first; at most `limit`. */
  open(limit: number): readonly ImageFinding[] {
    return this.#worst(isOpenRow, [], limit);
  }

  /** How many open ones each repository has. */
  openCounts(): ReadonlyMap<string, number> {
    const rows = this.#db
      .prepare(`SELECT repository, count(*) AS n FROM image_findings WHERE ${isOpenRow} GROUP BY repository`)
      .all();
    return new Map(rows.map((row) => [String(row['repository']), Number(row['n'])]));
  }

  /** Everything that has happened since then: in use at first sight are not among the new ones. */
  news(sinceMs: number): readonly { readonly kind: NewsKind; readonly finding: ImageFinding }[] {
    const where: Record<NewsKind, string> = {
      new: isNewRow,
      // What never counted is no news when it is gone, nor when it was there at first.
      fixed: 'fixed >= ? AND ignored IS NULL',
      ignored: 'ignored >= ? AND fixed IS NULL AND NOT (baseline = 1 AND ignored = first_seen)',
    };
    return newsKinds.flatMap((kind) =>
      this.#worst(where[kind], [sinceMs], mostNews).map((finding) => ({ kind, finding })),
    );
  }

  #worst(where: string, values: readonly number[], limit: number): readonly ImageFinding[] {
    const rank = vulnerabilitySeverities.map((name, i) => `WHEN '${name}' THEN ${i}`).join(' ');
    return this.#db
      .prepare(
        `SELECT * FROM image_findings WHERE ${where} ORDER BY CASE severity ${rank} END, exploited DESC, fixed_in = '',
         repository, vulnerability, package_name LIMIT ?`,
      )
      .all(...values, limit)
      .map(findingOfRow);
  }

  #isBaseline(repository: string): boolean {
    const row = this.#db
      .prepare('SELECT baseline FROM image_repositories WHERE repository = ?')
      .get(repository);
    return row?.['baseline'] === 1;
  }
}

/** Of each kind. */
const mostNews = 20_000;
