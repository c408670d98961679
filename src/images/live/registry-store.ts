import type { Clock } from '../../kit/clock.ts';
import { usualPlatform } from '../../model/platform.ts';
import type { VulnerabilitySeverity } from '../../model/vulnerability.ts';
import type { Database, SqlValue } from '../../store/database.ts';
import { migrate } from '../../store/migrate.ts';
import type { ImageSummary } from './live-image.ts';
import { conditions, orderOf, type RegistryImageQuery, type RegistryPage } from './registry-query.ts';
import {
  type Counted,
  countedOf,
  type RegistryImage,
  type RegistryScanRecord,
  type RegistryScope,
  registryImageOf,
  registryScanOf,
  registryTables,
  type SeverityCount,
  severityBits,
} from './registry-rows.ts';

export interface RegistryStoreOptions {
  readonly db: Database;
  readonly clock: Clock;
  /** Images that are remembered; those that were looked at longest ago go first. 20,000 when left out. */
  readonly maxImages?: number;
  /** For how long images and scans are remembered; 30 days when left out. */
  readonly maxAgeMs?: number;
}

/** What a scan found out about one image. */
export type ScannedImage = Pick<
  RegistryImage,
  'image' | 'platform' | 'registry' | 'repository' | 'tag' | 'job' | 'schedule' | 'digest'
> &
  Counted;

/** A scan that did not come to its end is gone on with for so long; after that tags may well lead elsewhere. */
const resumeWithinMs = 24 * 3_600_000;

/** Scans that are remembered. */
const mostScans = 1000;

/** Ends of what ran when the process ended. */
const interrupted = 'interrupted: Skopos ended while it ran';

/** What registries were looked through for, and what was found: kept apart from what runs. */
export class RegistryStore {
  readonly #db: Database;
  readonly #options: RegistryStoreOptions;
  #puts = 0;

  /** @throws {UnavailableError} when the tables cannot be made. */
  constructor(options: RegistryStoreOptions) {
    this.#db = options.db;
    this.#options = options;
    migrate(options.db, 'registry scans', registryTables);
    this.#db
      .prepare(
        "UPDATE registry_scans SET state = 'unfinished', reason = ?, ended = ?, waits = NULL WHERE state = 'running'",
      )
      .run(interrupted, options.clock.now());
  }

  /**
   * A scan begins. When the last one of the same scope did not come to its end, this one goes on with it.
   *
   * @returns tells what that one has scanned
   */
  begin(
    job: string,
    schedule: string,
    scope: RegistryScope,
  ): (found: Pick<RegistryImage, 'image' | 'platform'>) => boolean {
    const nowMs = this.#options.clock.now();
    const key = scopeKey(scope);
    const last = this.#db
      .prepare('SELECT * FROM registry_scans WHERE scope = ? ORDER BY started DESC, rowid DESC LIMIT 1')
      .get(key);
    const goesOn = last?.['state'] === 'unfinished' && Number(last['ended']) >= nowMs - resumeWithinMs;
    const round = goesOn ? String(last['round']) : job;
    const [registry = ''] = scope.name.split('/');
    this.#db
      .prepare(
        'INSERT OR REPLACE INTO registry_scans VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?, ?, NULL, 0, 0, 0, 0)',
      )
      .run(job, key, round, registry, JSON.stringify(scope), schedule, nowMs, 'running', '');
    this.#pruneScans(nowMs);
    if (!goesOn) return () => false;
    const rows = this.#db
      .prepare(
        "SELECT image || ' ' || platform AS name FROM registry_images WHERE round = ? AND digest <> ''",
      )
      .all(round);
    const known = new Set(rows.map(({ name }) => String(name)));
    return ({ image, platform }) => known.has(`${image} ${platform}`);
  }

  /** How far a scan is. */
  note(
    job: string,
    change: Partial<Pick<RegistryScanRecord, 'found' | 'passedOver' | 'done' | 'failed'>> & {
      readonly waitsUntilMs?: number | null;
    },
  ): void {
    const names = {
      found: 'found',
      passedOver: 'passed',
      done: 'done',
      failed: 'failed',
      waitsUntilMs: 'waits',
    };
    const given = Object.entries(change) as [keyof typeof names, number | null][];
    this.#db
      .prepare(
        `UPDATE registry_scans SET ${given.map(([name]) => `${names[name]} = ?`).join(', ')} WHERE job = ?`,
      )
      .run(...given.map(([, value]) => value), job);
  }

  /**
   * A scan has ended.
   *
   * @param reason why before its end; '' when it has looked at everything
   * @param isListed whether all that is in scope was listed: what an earlier scan of this scope found and this one did not is gone then
   */
  end(job: string, reason: string, isListed: boolean): void {
    const row = this.#db.prepare('SELECT scope, round FROM registry_scans WHERE job = ?').get(job);
    this.#db.transaction(() => {
      this.#db
        .prepare('UPDATE registry_scans SET state = ?, reason = ?, ended = ?, waits = NULL WHERE job = ?')
        .run(reason === '' ? 'whole' : 'unfinished', reason, this.#options.clock.now(), job);
      if (reason === '' && isListed && row !== undefined)
        this.#db
          .prepare('DELETE FROM registry_images WHERE scope = ? AND round <> ?')
          .run(String(row['scope']), String(row['round']));
    });
  }

  keep(scanned: ScannedImage): void {
    const { image, platform, registry, repository, tag, job, schedule, digest } = scanned;
    const scan = this.#db.prepare('SELECT scope, round FROM registry_scans WHERE job = ?').get(job);
    const names = [
      ...[image, platform, registry, repository, tag],
      String(scan?.['scope'] ?? ''),
      String(scan?.['round'] ?? job),
    ];
    const nowMs = this.#options.clock.now();
    this.#db
      .prepare(`INSERT OR REPLACE INTO registry_images VALUES (${Array(19).fill('?').join(', ')})`)
      .run(...names, job, schedule, nowMs, digest, ...countedValues(scanned));
    this.#puts++;
    if (this.#puts % 100 === 1) this.#pruneImages(nowMs);
  }

  /** What an image has now, as it was matched again. */
  matched(summary: ImageSummary): void {
    this.#db
      .prepare(
        `UPDATE registry_images SET state = ?, reasons = ?, counts = ?, severities = ?, fixable = ?, exploited = ?, risk = ?, packages = ?
         WHERE digest = ?`,
      )
      .run(...countedValues(countedOf(summary)), summary.digest);
  }

  images(query: RegistryImageQuery, page: RegistryPage): readonly RegistryImage[] {
    const [where, values] = conditions(query);
    return this.#db
      .prepare(`SELECT * FROM registry_images WHERE ${where} ORDER BY ${orderOf(page)} LIMIT ? OFFSET ?`)
      .all(...values, page.limit, page.offset)
      .map(registryImageOf);
  }

  /** How many there are of each value of a column. */
  counts(
    by: 'registry' | 'platform' | 'state' | 'severities',
    query: RegistryImageQuery,
  ): ReadonlyMap<string, number> {
    const [where, values] = conditions(query);
    const rows = this.#db
      .prepare(`SELECT ${by} AS value, COUNT(*) AS count FROM registry_images WHERE ${where} GROUP BY ${by}`)
      .all(...values);
    return new Map(rows.map(({ value, count }) => [String(value), Number(count)]));
  }

  /** How many images of each registry are in which state. */
  stateCounts(): readonly { readonly registry: string; readonly state: string; readonly count: number }[] {
    return this.#db
      .prepare('SELECT registry, state, COUNT(*) AS count FROM registry_images GROUP BY registry, state')
      .all()
      .map(({ registry, state, count }) => ({
        ...{ registry: String(registry), state: String(state), count: Number(count) },
      }));
  }

  /** Vulnerabilities of each registry's images together. */
  severityCounts(): readonly (SeverityCount & { readonly registry: string })[] {
    return this.#db
      .prepare(
        `SELECT registry, one.value ->> 'severity' AS severity, SUM(one.value ->> 'all') AS "all", SUM(one.value ->> 'fixable') AS fixable
         FROM registry_images, json_each(counts) AS one GROUP BY 1, 2`,
      )
      .all()
      .map(({ registry, severity, all, fixable }) => ({
        registry: String(registry),
        severity: String(severity) as VulnerabilitySeverity,
        ...{ all: Number(all), fixable: Number(fixable) },
      }));
  }

  /** Names by which registries have an image, those that were looked at last come first. */
  ofDigest(digest: string, limit: number): readonly RegistryImage[] {
    return this.#db
      .prepare(
        'SELECT * FROM registry_images WHERE digest = ? ORDER BY scanned DESC, image, platform LIMIT ?',
      )
      .all(digest, limit)
      .map(registryImageOf);
  }

  /** Newest first. */
  scans(limit: number, offset = 0): readonly RegistryScanRecord[] {
    return this.#db
      .prepare('SELECT * FROM registry_scans ORDER BY started DESC, rowid DESC LIMIT ? OFFSET ?')
      .all(limit, offset)
      .map(registryScanOf);
  }

  scan(job: string): RegistryScanRecord | undefined {
    const row = this.#db.prepare('SELECT * FROM registry_scans WHERE job = ?').get(job);
    return row === undefined ? undefined : registryScanOf(row);
  }

  /** When each registry was last looked at to the end, Unix ms. */
  lastWhole(): ReadonlyMap<string, number> {
    const rows = this.#db
      .prepare(
        "SELECT registry, MAX(ended) AS at FROM registry_scans WHERE state = 'whole' GROUP BY registry",
      )
      .all();
    return new Map(rows.map(({ registry, at }) => [String(registry), Number(at)]));
  }

  #pruneImages(nowMs: number): void {
    const { maxImages = 20_000, maxAgeMs = 30 * 86_400_000 } = this.#options;
    this.#db.prepare('DELETE FROM registry_images WHERE scanned < ?').run(nowMs - maxAgeMs);
    this.#db
      .prepare(
        `DELETE FROM registry_images WHERE (image, platform) IN
           (SELECT image, platform FROM registry_images ORDER BY scanned DESC, image, platform LIMIT -1 OFFSET ?)`,
      )
      .run(maxImages);
  }

  #pruneScans(nowMs: number): void {
    const { maxAgeMs = 30 * 86_400_000 } = this.#options;
    this.#db
      .prepare(
        `DELETE FROM registry_scans WHERE state <> 'running' AND (started < ? OR job IN
           (SELECT job FROM registry_scans ORDER BY started DESC LIMIT -1 OFFSET ?))`,
      )
      .run(nowMs - maxAgeMs, mostScans);
  }
}

/** Scans of the same scope look at the same things. The usual platform is left out, as keys of before there was a choice have none. */
function scopeKey({ name, depth, include, exclude, platforms }: RegistryScope): string {
  const [first, ...more] = [...platforms].sort();
  const isUsual = first === usualPlatform && more.length === 0;
  return JSON.stringify([
    ...[name, depth, [...include].sort(), [...exclude].sort()],
    ...(isUsual ? [] : [[first, ...more]]),
  ]);
}

function countedValues({
  state,
  reasons,
  counts,
  fixable,
  knownExploited,
  risk,
  packages,
}: Counted): SqlValue[] {
  const bits = severityBits(counts.map(({ severity }) => severity));
  return [
    state,
    JSON.stringify(reasons),
    JSON.stringify(counts),
    bits,
    fixable,
    knownExploited,
    risk,
    packages,
  ];
}
