import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { Clock } from '../kit/clock.ts';
import type { Database, Row, SqlValue } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import type { Job, JobKind, JobResult, JobState, JobWork } from './job.ts';

export interface JobStoreOptions {
  readonly db: Database;
  readonly clock: Clock;
  /** How many jobs that were asked for are remembered, their parts not counted; 1000 when left out. */
  readonly maxJobs?: number;
  /** For how long; 30 days when left out. */
  readonly maxAgeMs?: number;
  /** How many reports of scans are kept; 10 when left out. */
  readonly maxReports?: number;
}

/** A job with all that is needed to do it. */
export interface KeptJob extends Job {
  readonly work: JobWork;
}

export interface JobQuery {
  readonly states?: readonly JobState[];
  readonly kinds?: readonly JobKind[];
  readonly schedule?: string;
  /** Parts of this job; without it those that are no part of another, unless `all`. */
  readonly parentId?: string;
  readonly all?: boolean;
  /** Part of the id, title, reason or schedule. */
  readonly text?: string;
  readonly offset?: number;
  readonly limit?: number;
}

export interface JobPage {
  /** Newest first; parts in the order in which they came. */
  readonly items: readonly Job[];
  readonly total: number;
  /** Over everything that the query without its states lets through. */
  readonly states: Readonly<Record<JobState, number>>;
}

export type JobChange = Partial<Pick<Job, 'state' | 'reason' | 'startedAtMs' | 'endedAtMs' | 'result'>>;

/** The reason of jobs that ran when the process ended. */
export const interruptedReason = 'interrupted: Skopos ended while it ran';

/** Parts of one job that are remembered. */
export const mostParts = 10_000;

const steps: readonly string[] = [
  `CREATE TABLE jobs (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     id TEXT NOT NULL UNIQUE,
     parent TEXT NOT NULL,
     part INTEGER NOT NULL,
     kind TEXT NOT NULL,
     command TEXT NOT NULL,
     title TEXT NOT NULL,
     origin TEXT NOT NULL,
     schedule TEXT NOT NULL,
     work TEXT NOT NULL,
     state TEXT NOT NULL,
     reason TEXT NOT NULL,
     created REAL NOT NULL,
     started REAL,
     ended REAL,
     result TEXT
   );
   CREATE INDEX jobs_parent ON jobs (parent, seq);
   CREATE INDEX jobs_schedule ON jobs (schedule, seq) WHERE schedule <> '';
   CREATE INDEX jobs_open ON jobs (state) WHERE state IN ('queued', 'running');
   CREATE TABLE job_reports (id TEXT PRIMARY KEY, at REAL NOT NULL, body BLOB NOT NULL);`,
];

/** Jobs as they were asked for and what became of them, in SQLite: what {@link add} has returned from outlives the process. */
export class JobStore {
  readonly #db: Database;
  readonly #options: JobStoreOptions;

  /** @throws {UnavailableError} when the tables cannot be made. */
  constructor(options: JobStoreOptions) {
    this.#db = options.db;
    this.#options = options;
    migrate(options.db, 'jobs', steps);
  }

  add(job: KeptJob): void {
    const { id, parentId, isPart, kind, command, title, origin, schedule, work, state, reason } = job;
    const texts = [kind, command, title, origin, schedule, JSON.stringify(work), state, reason];
    this.#db
      .prepare(
        `INSERT INTO jobs (id, parent, part, kind, command, title, origin, schedule, work, state, reason, created, started, ended)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        id,
        parentId,
        isPart ? 1 : 0,
        ...texts,
        job.createdAtMs,
        job.startedAtMs ?? null,
        job.endedAtMs ?? null,
      );
    if (!isPart) this.#prune();
  }

  change(id: string, change: JobChange): void {
    const columns: [name: string, value: SqlValue][] = [];
    if (change.state !== undefined) columns.push(['state', change.state]);
    if (change.reason !== undefined) columns.push(['reason', change.reason]);
    if (change.startedAtMs !== undefined) columns.push(['started', change.startedAtMs]);
    if (change.endedAtMs !== undefined) columns.push(['ended', change.endedAtMs]);
    if (change.result !== undefined) columns.push(['result', JSON.stringify(change.result)]);
    const set = columns.map(([name]) => `${name} = ?`).join(', ');
    this.#db.prepare(`UPDATE jobs SET ${set} WHERE id = ?`).run(...columns.map(([, value]) => value), id);
  }

  get(id: string): KeptJob | undefined {
    const row = this.#db.prepare('SELECT * FROM jobs WHERE id = ?').get(id);
    return row === undefined ? undefined : keptOf(row);
  }

  list(query: JobQuery = {}): JobPage {
    const { states = [], parentId, offset = 0, limit = 100 } = query;
    const [where, values] = conditions(query);
    const tally = this.#db
      .prepare(`SELECT state, COUNT(*) AS count FROM jobs WHERE ${where} GROUP BY state`)
      .all(...values);
    const counts = { queued: 0, running: 0, done: 0, failed: 0, cancelled: 0 };
    for (const row of tally) counts[String(row['state']) as JobState] = Number(row['count']);
    const inStates = states.length === 0 ? '1' : `state IN (${states.map(() => '?').join(', ')})`;
    const order = parentId === undefined ? 'DESC' : 'ASC';
    const rows = this.#db
      .prepare(`SELECT * FROM jobs WHERE ${where} AND ${inStates} ORDER BY seq ${order} LIMIT ? OFFSET ?`)
      .all(...values, ...states, Math.min(1000, Math.max(0, limit)), Math.max(0, offset));
    const total = (Object.keys(counts) as JobState[])
      .filter((state) => states.length === 0 || states.includes(state))
      .reduce((sum, state) => sum + counts[state], 0);
    return { items: rows.map(jobOf), total, states: counts };
  }

  /** The newest run of each of these recurring scans that has any. */
  lastRuns(schedules: readonly string[]): ReadonlyMap<string, Job> {
    const last = this.#db.prepare(
      'SELECT * FROM jobs WHERE schedule = ? AND part = 0 ORDER BY seq DESC LIMIT 1',
    );
    return new Map(
      schedules.flatMap((name): [string, Job][] => {
        const row = last.get(name);
        return row === undefined ? [] : [[name, jobOf(row)]];
      }),
    );
  }

  /** How many parts a job has by their states. */
  partsOf(id: string): Readonly<Record<JobState, number>> {
    return this.list({ parentId: id, limit: 0 }).states;
  }

  /** Those that waited when the process ended, oldest first; those that ran are marked as failed. To be called once, at start. */
  recover(): readonly KeptJob[] {
    this.#db
      .prepare(
        "UPDATE jobs SET state = 'failed', reason = ?, ended = ? WHERE state = 'running' OR (state = 'queued' AND part = 1)",
      )
      .run(interruptedReason, this.#options.clock.now());
    return this.#db.prepare("SELECT * FROM jobs WHERE state = 'queued' ORDER BY seq").all().map(keptOf);
  }

  /** Keeps the report of a scan, which comes in pieces, compressed; the oldest ones go. @throws when `signal` is aborted first. */
  async keepReport(id: string, pieces: AsyncIterable<string>, signal: AbortSignal): Promise<void> {
    const { clock, maxReports = 10 } = this.#options;
    const packed: Buffer[] = [];
    const keep = async (source: AsyncIterable<Buffer>): Promise<void> => {
      for await (const piece of source) packed.push(piece);
    };
    await pipeline(pieces, createGzip(), keep, { signal });
    this.#db
      .prepare('INSERT OR REPLACE INTO job_reports VALUES (?, ?, ?)')
      .run(id, clock.now(), Buffer.concat(packed));
    this.#db
      .prepare(
        'DELETE FROM job_reports WHERE id IN (SELECT id FROM job_reports ORDER BY at DESC, id LIMIT -1 OFFSET ?)',
      )
      .run(maxReports);
  }

  /** The text of a report as it is read, which may be long; undefined when there is none. */
  report(id: string): AsyncIterable<Uint8Array> | undefined {
    const body = this.#db.prepare('SELECT body FROM job_reports WHERE id = ?').get(id)?.['body'];
    return body instanceof Uint8Array ? unpacked(body) : undefined;
  }

  hasReport(id: string): boolean {
    return this.#db.prepare('SELECT 1 FROM job_reports WHERE id = ?').get(id) !== undefined;
  }

  /** @param id all when left out @returns how many there were */
  dropReports(id?: string): number {
    const where = id === undefined ? '' : ' WHERE id = ?';
    return this.#db.prepare(`DELETE FROM job_reports${where}`).run(...(id === undefined ? [] : [id])).changes;
  }

  /** Ended jobs go, the oldest first, each with its parts. */
  #prune(): void {
    const { clock, maxJobs = 1000, maxAgeMs = 30 * 86_400_000 } = this.#options;
    const old = this.#db
      .prepare(
        `SELECT id FROM jobs WHERE part = 0 AND state NOT IN ('queued', 'running') AND (ended < ? OR seq IN
           (SELECT seq FROM jobs WHERE part = 0 ORDER BY seq DESC LIMIT -1 OFFSET ?))`,
      )
      .all(clock.now() - maxAgeMs, maxJobs);
    for (const row of old) {
      const id = String(row['id']);
      this.#db.transaction(() => {
        this.#db.prepare('DELETE FROM jobs WHERE id = ? OR (parent = ? AND part = 1)').run(id, id);
        this.#db.prepare('DELETE FROM job_reports WHERE id = ?').run(id);
      });
    }
  }
}

/** The query without its states, as SQL. */
function conditions({
  kinds = [],
  schedule,
  parentId,
  all = false,
  text = '',
}: JobQuery): [string, string[]] {
  const parts: [sql: string, values: readonly string[]][] = [];
  if (parentId !== undefined) parts.push(['parent = ?', [parentId]]);
  else if (!all) parts.push(['part = 0', []]);
  if (kinds.length > 0) parts.push([`kind IN (${kinds.map(() => '?').join(', ')})`, kinds]);
  if (schedule !== undefined) parts.push(['schedule = ?', [schedule]]);
  if (text !== '')
    parts.push([
      "instr(lower(id || ' ' || title || ' ' || reason || ' ' || schedule || ' ' || command), ?) > 0",
      [text.toLowerCase()],
    ]);
  return [['1', ...parts.map(([sql]) => sql)].join(' AND '), parts.flatMap(([, values]) => values)];
}

function jobOf(row: Row): Job {
  const text = (name: string): string => String(row[name] ?? '');
  const time = <Key extends string>(key: Key, name: string): { readonly [K in Key]?: number } =>
    (row[name] === null ? {} : { [key]: Number(row[name]) }) as { readonly [K in Key]?: number };
  return {
    id: text('id'),
    parentId: text('parent'),
    isPart: row['part'] === 1,
    kind: text('kind') as JobKind,
    command: text('command'),
    title: text('title'),
    origin: text('origin'),
    schedule: text('schedule'),
    state: text('state') as JobState,
    reason: text('reason'),
    createdAtMs: Number(row['created']),
    ...time('startedAtMs', 'started'),
    ...time('endedAtMs', 'ended'),
    ...(row['result'] === null ? {} : { result: JSON.parse(text('result')) as JobResult }),
  };
}

function keptOf(row: Row): KeptJob {
  return { ...jobOf(row), work: JSON.parse(String(row['work'])) as JobWork };
}

async function* unpacked(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield* Readable.from([body]).compose(createGunzip()) as AsyncIterable<Uint8Array>;
}
