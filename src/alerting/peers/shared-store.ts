import { createHash } from 'node:crypto';
import { migratePostgres } from '../../store/migrate-postgres.ts';
import type { Postgres, PostgresRow } from '../../store/postgres.ts';
import { sharedTables } from './tables.ts';
import { tieOf } from './versioned.ts';

/** A process that has not been heard of for so long is taken for dead: what it was about to send, another one sends. */
export const deadAfterMs = 5000;
/** The longest that one attempt to send may keep the others waiting. It is longer than an attempt may take. */
export const longestTurnMs = 20_000;

const pageRows = 1000;

/** The channel on which those who wrote tell the others to look. */
export const channel = 'skopos-alerting';

/** A lane as it is shared. */
export interface SharedLane {
  readonly lane: string;
  readonly atMs: number;
  readonly expiresAtMs: number;
  /** What was told, see `shared-text.ts`. */
  readonly text: string;
  /** What the receiver is to remember, as JSON. */
  readonly memory: string;
  readonly toldBy: string;
}

export interface SharedSilence {
  readonly id: string;
  readonly atMs: number;
  readonly endsAtMs: number;
  /** JSON of the silence. */
  readonly text: string;
}

export interface PeerRow {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly version: string;
  readonly startedAtMs: number;
  /** How long ago it was last heard of, by the database's clock. */
  readonly silentMs: number;
  readonly aheadMs: number;
}

export interface Self {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly version: string;
}

/** What changed since one looked last. */
export interface Changes {
  /** From where to look the next time. */
  readonly cursor: string;
  readonly lanes: readonly SharedLane[];
  readonly silences: readonly SharedSilence[];
}

/** The statements on the shared tables. All times are the database's, so that nobody's clock counts. */
export class SharedStore {
  readonly #db: Postgres;
  readonly #self: Self;

  constructor(db: Postgres, self: Self) {
    this.#db = db;
    this.#self = self;
  }

  async prepare(): Promise<void> {
    this.#db.reset();
    await migratePostgres(this.#db, 'alerting', sharedTables);
  }

  /**
   * Says that this process lives, forgets those that have long been gone, and those that came back under another id.
   *
   * @param aheadMs how far the database's clock is thought to be ahead of ours
   */
  async greet(aheadMs: number): Promise<{ readonly nowMs: number; readonly peers: readonly PeerRow[] }> {
    const { id, name, address, version } = this.#self;
    const rows = await this.#db.query(
      `WITH me AS (
         INSERT INTO skopos_alerting_peers VALUES ($1, $2, $3, $4, clock_timestamp(), clock_timestamp(), $5)
         ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, ahead_ms = excluded.ahead_ms
       ), gone AS (
         DELETE FROM skopos_alerting_peers
         WHERE id <> $1 AND (seen_at < clock_timestamp() - interval '1 hour'
           OR (name = $2 AND seen_at < clock_timestamp() - make_interval(secs => $6)))
       )
       SELECT ${epochMs('clock_timestamp()')} AS now_ms, p.id, p.name, p.address, p.version, p.ahead_ms,
         ${epochMs('p.started_at')} AS started_at_ms, ${epochMs('(clock_timestamp() - p.seen_at)')} AS silent_ms
       FROM (SELECT 1) AS one LEFT JOIN skopos_alerting_peers p ON p.id <> $1`,
      [id, name, address, version, aheadMs, deadAfterMs / 1000],
    );
    return {
      nowMs: Number(rows[0]?.['now_ms']),
      peers: rows.flatMap((row) => (row['id'] === null ? [] : [peerOf(row)])),
    };
  }

  /** Takes lanes that nobody holds, or that are held for too long or by the dead. @returns those that were taken, and what they have. */
  async claim(lanes: readonly string[]): Promise<ReadonlyMap<string, SharedLane | undefined>> {
    // In one order everywhere, or two processes could wait for one another.
    const ids = lanes.map((lane) => ({ id: idOf(lane), lane })).sort(byId);
    const rows = await this.#db.query(
      `INSERT INTO skopos_alerting_lanes AS l (id, lane, holder, held_until)
       SELECT id, lane, $3, clock_timestamp() + make_interval(secs => $4)
       FROM unnest($1::text[], $2::text[]) AS wanted(id, lane) ORDER BY id
       ON CONFLICT (id) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
       WHERE l.holder IS NULL OR l.holder = excluded.holder OR l.held_until < clock_timestamp() OR NOT EXISTS (
         SELECT FROM skopos_alerting_peers p
         WHERE p.id = l.holder AND p.seen_at > clock_timestamp() - make_interval(secs => $5))
       RETURNING ${laneColumns}`,
      [
        ids.map(({ id }) => id),
        ids.map(({ lane }) => JSON.stringify(lane)),
        this.#self.id,
        longestTurnMs / 1000,
        deadAfterMs / 1000,
      ],
    );
    return new Map(rows.map((row) => [laneNameOf(row), laneOf(row)]));
  }

  /** Writes what was told, where it is the newer, and lets go of those lanes; tells the others. */
  async putLanes(lanes: readonly SharedLane[]): Promise<void> {
    const rows = lanes.map((lane) => ({ id: idOf(lane.lane), ...lane })).sort(byId);
    await this.#db.query(
      `WITH put AS (
         INSERT INTO skopos_alerting_lanes AS l (id, lane, at_ms, expires_at_ms, entry, tie, memory, told_by, xid)
         SELECT w.*, pg_current_xact_id()
         FROM unnest($1::text[], $2::text[], $3::float8[], $4::float8[], $5::text[], $6::text[], $7::text[], $8::text[])
           AS w(id, lane, at_ms, expires_at_ms, entry, tie, memory, told_by) ORDER BY id
         ON CONFLICT (id) DO UPDATE SET at_ms = excluded.at_ms, expires_at_ms = excluded.expires_at_ms,
           entry = excluded.entry, tie = excluded.tie, memory = excluded.memory, told_by = excluded.told_by,
           xid = excluded.xid, holder = CASE WHEN l.holder = $9 THEN NULL ELSE l.holder END
         WHERE l.at_ms IS NULL OR (l.at_ms, l.tie) < (excluded.at_ms, excluded.tie)
         RETURNING l.id)
       SELECT count(*), pg_notify('${channel}', $9) FROM put`,
      [
        rows.map(({ id }) => id),
        rows.map(({ lane }) => JSON.stringify(lane)),
        rows.map(({ atMs }) => atMs),
        rows.map(({ expiresAtMs }) => expiresAtMs),
        rows.map(({ text }) => text),
        rows.map(({ text }) => tieOf(text)),
        rows.map(({ memory }) => memory),
        rows.map(({ toldBy }) => toldBy),
        this.#self.id,
      ],
    );
  }

  /** Lets go of lanes, and tells the others. */
  async release(lanes: readonly string[]): Promise<void> {
    await this.#db.query(
      `WITH freed AS (
         UPDATE skopos_alerting_lanes SET holder = NULL WHERE id IN (
           SELECT id FROM skopos_alerting_lanes WHERE id = ANY($1::text[]) AND holder = $2 ORDER BY id FOR UPDATE)
         RETURNING id)
       SELECT count(*), pg_notify('${channel}', $2) FROM freed`,
      [lanes.map(idOf), this.#self.id],
    );
  }

  /** Writes silences, where they are the newer, and tells the others. */
  async putSilences(silences: readonly SharedSilence[]): Promise<void> {
    const rows = [...silences].sort(byId);
    await this.#db.query(
      `WITH put AS (
         INSERT INTO skopos_alerting_silences AS s (id, at_ms, ends_at_ms, silence, tie, xid)
         SELECT w.*, pg_current_xact_id()
         FROM unnest($1::text[], $2::float8[], $3::float8[], $4::text[], $5::text[])
           AS w(id, at_ms, ends_at_ms, silence, tie) ORDER BY id
         ON CONFLICT (id) DO UPDATE SET at_ms = excluded.at_ms, ends_at_ms = excluded.ends_at_ms,
           silence = excluded.silence, tie = excluded.tie, xid = excluded.xid
         WHERE (s.at_ms, s.tie) < (excluded.at_ms, excluded.tie)
         RETURNING s.id)
       SELECT count(*), pg_notify('${channel}', $6) FROM put`,
      [
        rows.map(({ id }) => id),
        rows.map(({ atMs }) => atMs),
        rows.map(({ endsAtMs }) => endsAtMs),
        rows.map(({ text }) => text),
        rows.map(({ text }) => tieOf(text)),
        this.#self.id,
      ],
    );
  }

  /** What was written since `cursor` ('0': everything), some of it perhaps seen before. */
  async changes(cursor: string): Promise<Changes> {
    const [lanes, silences] = await Promise.all([
      this.#db.query(
        `SELECT ${oldestOpen} AS cursor, ${laneColumns}
         FROM (SELECT 1) AS one LEFT JOIN skopos_alerting_lanes l ON l.xid >= $1::xid8`,
        [cursor],
      ),
      this.#db.query(
        `SELECT ${oldestOpen} AS cursor, ${silenceColumns}
         FROM (SELECT 1) AS one LEFT JOIN skopos_alerting_silences s ON s.xid >= $1::xid8`,
        [cursor],
      ),
    ]);
    const cursors = [lanes[0]?.['cursor'], silences[0]?.['cursor']].map((one) => BigInt(String(one ?? 0)));
    return {
      cursor: String(cursors.reduce((a, b) => (a < b ? a : b))),
      lanes: lanes.flatMap((row) => laneOf(row) ?? []),
      silences: silences.filter((row) => row['id'] !== null).map(silenceOf),
    };
  }

  /** From where to look for changes that are made from now on. */
  async cursor(): Promise<string> {
    const [row] = await this.#db.query(`SELECT ${oldestOpen} AS cursor`);
    return String(row?.['cursor']);
  }

  /** Everything that was told, page by page. */
  async *allLanes(): AsyncIterable<readonly SharedLane[]> {
    for (let after = ''; ; ) {
      const rows = await this.#db.query(
        `SELECT l.id, ${laneColumns} FROM skopos_alerting_lanes l WHERE l.id > $1 AND l.at_ms IS NOT NULL
         ORDER BY l.id LIMIT ${pageRows}`,
        [after],
      );
      yield rows.flatMap((row) => laneOf(row) ?? []);
      if (rows.length < pageRows) return;
      after = String(rows.at(-1)?.['id']);
    }
  }

  /** Every silence, page by page. */
  async *allSilences(): AsyncIterable<readonly SharedSilence[]> {
    for (let after = ''; ; ) {
      const rows = await this.#db.query(
        `SELECT ${silenceColumns} FROM skopos_alerting_silences s WHERE s.id > $1 ORDER BY s.id LIMIT ${pageRows}`,
        [after],
      );
      yield rows.map(silenceOf);
      if (rows.length < pageRows) return;
      after = String(rows.at(-1)?.['id']);
    }
  }

  /** Forgets what has ended for everybody. */
  async tidy(retentionMs: number): Promise<void> {
    const nowMs = epochMs('clock_timestamp()');
    await this.#db.query(
      `DELETE FROM skopos_alerting_lanes
       WHERE coalesce(expires_at_ms, ${epochMs('held_until')} + 3600000, 0) < ${nowMs}
         AND (holder IS NULL OR held_until < clock_timestamp())`,
    );
    await this.#db.query(`DELETE FROM skopos_alerting_silences WHERE ends_at_ms < ${nowMs} - $1::float8`, [
      retentionMs,
    ]);
  }

  /** Says good-bye: whatever this process holds is free. */
  async leave(): Promise<void> {
    await this.#db.query(
      `WITH gone AS (DELETE FROM skopos_alerting_peers WHERE id = $1)
       SELECT pg_notify('${channel}', $1)`,
      [this.#self.id],
    );
  }
}

/** Group keys may be longer than PostgreSQL indexes. */
function idOf(lane: string): string {
  return createHash('sha256').update(lane).digest('hex');
}

function byId(one: { readonly id: string }, other: { readonly id: string }): number {
  return one.id < other.id ? -1 : 1;
}

function epochMs(of: string): string {
  return `(extract(epoch FROM ${of}) * 1000)::float8`;
}

const oldestOpen = 'pg_snapshot_xmin(pg_current_snapshot())::text';
const laneColumns = 'l.lane, l.at_ms, l.expires_at_ms, l.entry, l.memory, l.told_by';

const silenceColumns = 's.id, s.at_ms, s.ends_at_ms, s.silence';

function silenceOf(row: PostgresRow): SharedSilence {
  return {
    id: String(row['id']),
    atMs: Number(row['at_ms']),
    endsAtMs: Number(row['ends_at_ms']),
    text: String(row['silence']),
  };
}

function laneNameOf(row: PostgresRow): string {
  return String(JSON.parse(String(row['lane'])));
}

/** Undefined for a lane that nothing was told on yet. */
function laneOf(row: PostgresRow): SharedLane | undefined {
  if (row['lane'] === null || row['at_ms'] === null) return undefined;
  return {
    lane: laneNameOf(row),
    atMs: Number(row['at_ms']),
    expiresAtMs: Number(row['expires_at_ms']),
    text: String(row['entry']),
    memory: String(row['memory'] ?? '{}'),
    toldBy: String(row['told_by'] ?? ''),
  };
}

function peerOf(row: PostgresRow): PeerRow {
  return {
    id: String(row['id']),
    name: String(row['name']),
    address: String(row['address']),
    version: String(row['version']),
    startedAtMs: Number(row['started_at_ms']),
    silentMs: Math.max(0, Number(row['silent_ms'])),
    aheadMs: Number(row['ahead_ms']),
  };
}
