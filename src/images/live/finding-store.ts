import type { Clock } from '../../kit/clock.ts';
import { type VulnerabilitySeverity, vulnerabilitySeverities } from '../../model/vulnerability.ts';
import type { Database, Row } from '../../store/database.ts';
import { migrate } from '../../store/migrate.ts';
import { type ImageFinding, isFixable, type KeptMatch } from './live-image.ts';

export interface FindingStoreOptions {
  readonly db: Database;
  readonly clock: Clock;
  /** For how long fixed ones are remembered; 30 days when left out. */
  readonly maxFixedAgeMs?: number;
}

/** What all images of one repository that are in use have now. */
export interface RepositoryState {
  readonly repository: string;
  readonly matches: Iterable<KeptMatch>;
  /** Whether all of them are known: otherwise nothing is said to be fixed. */
  readonly isKnown: boolean;
  /** Whether they have all been looked at: what is found from now on is no baseline any more. */
  readonly isSettled: boolean;
}

export interface FindingChanges {
  /** Seen for the first time, or again after they were fixed; those of a baseline are left out. */
  readonly new: readonly ImageFinding[];
  readonly fixed: readonly ImageFinding[];
}

const steps: readonly string[] = [
  `CREATE TABLE image_repositories (repository TEXT PRIMARY KEY, baseline INTEGER NOT NULL);
   CREATE TABLE image_findings (
     repository TEXT NOT NULL,
     vulnerability TEXT NOT NULL,
     package_type TEXT NOT NULL,
     package_name TEXT NOT NULL,
     severity TEXT NOT NULL,
     exploited INTEGER NOT NULL,
     installed TEXT NOT NULL,
     fixed_in TEXT NOT NULL,
     first_seen REAL NOT NULL,
     baseline INTEGER NOT NULL,
     fixed REAL,
     PRIMARY KEY (repository, vulnerability, package_type, package_name)
   ) WITHOUT ROWID;
   CREATE INDEX image_findings_seen ON image_findings (first_seen);
   CREATE INDEX image_findings_fixed ON image_findings (fixed) WHERE fixed IS NOT NULL;`,
];

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
    migrate(db, 'image findings', steps);
    this.isFresh = db.prepare('SELECT 1 FROM image_repositories LIMIT 1').get() === undefined;
  }

  /** A repository is in use. What its first result has is the baseline, if it is so told the first time. */
  enlist(repository: string, isBaseline: boolean): void {
    this.#db
      .prepare('INSERT OR IGNORE INTO image_repositories VALUES (?, ?)')
      .run(repository, isBaseline ? 1 : 0);
  }

  /** Holds what a repository has now beside what it had, keeps it, and says what is other. */
  reconcile({ repository, matches, isKnown, isSettled }: RepositoryState): FindingChanges {
    const nowMs = this.#clock.now();
    const held = new Map(this.of(repository).map((finding) => [keyOf(finding), finding]));
    const isBaseline = this.#isBaseline(repository);
    const found = findingsOf(repository, matches, { firstSeenMs: nowMs, isBaseline });
    const changes = compare(held, found, isKnown ? nowMs : undefined);
    this.#db.transaction(() => {
      for (const finding of [...changes.new, ...changes.other, ...changes.fixed]) this.#put(finding);
      if (isBaseline && isSettled)
        this.#db.prepare('UPDATE image_repositories SET baseline = 0 WHERE repository = ?').run(repository);
      this.#db.prepare('DELETE FROM image_findings WHERE fixed < ?').run(nowMs - this.#maxFixedAgeMs);
    });
    return { new: isBaseline ? [] : changes.new, fixed: changes.fixed };
  }

  /** All of a repository, fixed ones too. */
  of(repository: string): readonly ImageFinding[] {
    return this.#db.prepare('SELECT * FROM image_findings WHERE repository = ?').all(repository).map(readRow);
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
    const rank = vulnerabilitySeverities.map((name, i) => `WHEN '${name}' THEN ${i}`).join(' ');
    return this.#db
      .prepare(
        `SELECT * FROM image_findings WHERE first_seen >= ? AND baseline = 0 AND fixed IS NULL
         ORDER BY CASE severity ${rank} END, fixed_in = '', repository, vulnerability, package_name LIMIT ?`,
      )
      .all(sinceMs, limit)
      .map(readRow);
  }

  #isBaseline(repository: string): boolean {
    const row = this.#db
      .prepare('SELECT baseline FROM image_repositories WHERE repository = ?')
      .get(repository);
    return row?.['baseline'] === 1;
  }

  #put(finding: ImageFinding): void {
    const { repository, vulnerability, packageType, packageName, severity, knownExploited } = finding;
    const { installed, fixedIn, firstSeenMs, isBaseline, fixedAtMs } = finding;
    const texts = [repository, vulnerability, packageType, packageName, severity];
    this.#db
      .prepare('INSERT OR REPLACE INTO image_findings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
      .run(
        ...texts,
        knownExploited ? 1 : 0,
        installed,
        fixedIn,
        firstSeenMs,
        isBaseline ? 1 : 0,
        fixedAtMs ?? null,
      );
  }
}

/** One for each vulnerable package, whatever the number of its versions and records. */
function findingsOf(
  repository: string,
  matches: Iterable<KeptMatch>,
  since: Pick<ImageFinding, 'firstSeenMs' | 'isBaseline'>,
): ReadonlyMap<string, ImageFinding> {
  const found = new Map<string, ImageFinding>();
  for (const match of matches) {
    const next = findingOf(repository, match, since);
    const key = keyOf(next);
    const other = found.get(key);
    if (other === undefined || isWorse(next, other)) found.set(key, next);
  }
  return found;
}

/** @param fixedAtMs when what is missing was fixed; undefined when that cannot be told */
function compare(
  held: ReadonlyMap<string, ImageFinding>,
  found: ReadonlyMap<string, ImageFinding>,
  fixedAtMs: number | undefined,
) {
  const fresh: ImageFinding[] = [];
  const other: ImageFinding[] = [];
  for (const [key, finding] of found) {
    const before = held.get(key);
    if (before === undefined || before.fixedAtMs !== undefined) {
      fresh.push(finding);
      continue;
    }
    const { firstSeenMs, isBaseline } = before;
    const now = { ...finding, firstSeenMs, isBaseline };
    if (JSON.stringify(now) !== JSON.stringify(before)) other.push(now);
  }
  const fixed =
    fixedAtMs === undefined
      ? []
      : [...held]
          .filter(([key, before]) => !found.has(key) && before.fixedAtMs === undefined)
          .map(([, before]) => ({ ...before, fixedAtMs }));
  return { new: fresh, other, fixed };
}

function findingOf(
  repository: string,
  match: KeptMatch,
  since: Pick<ImageFinding, 'firstSeenMs' | 'isBaseline'>,
): ImageFinding {
  return {
    repository,
    vulnerability: match.id,
    packageType: match.package.type,
    packageName: match.package.name,
    severity: match.severity,
    knownExploited: match.knownExploited,
    installed: match.package.version,
    fixedIn: isFixable(match) ? match.fix.versions.join(', ') : '',
    ...since,
  };
}

function keyOf({ vulnerability, packageType, packageName }: ImageFinding): string {
  return JSON.stringify([vulnerability, packageType, packageName]);
}

/** Of several versions or records of one package: the worse severity is told, then the one that can be mended. */
function isWorse(a: ImageFinding, b: ImageFinding): boolean {
  const rank = (of: ImageFinding) => vulnerabilitySeverities.indexOf(of.severity);
  return rank(a) < rank(b) || (rank(a) === rank(b) && a.fixedIn !== '' && b.fixedIn === '');
}

function readRow(row: Row): ImageFinding {
  const text = (name: string): string => String(row[name] ?? '');
  return {
    repository: text('repository'),
    vulnerability: text('vulnerability'),
    packageType: text('package_type'),
    packageName: text('package_name'),
    severity: text('severity') as VulnerabilitySeverity,
    knownExploited: row['exploited'] === 1,
    installed: text('installed'),
    fixedIn: text('fixed_in'),
    firstSeenMs: Number(row['first_seen']),
    isBaseline: row['baseline'] === 1,
    ...(row['fixed'] === null ? {} : { fixedAtMs: Number(row['fixed']) }),
  };
}
