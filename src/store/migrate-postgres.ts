import type { Postgres } from './postgres.ts';

const boundMs = 20_000;

/**
 * Brings a room's tables to its newest form, as `migrate` does for SQLite. Of several processes that start at once one does it while
 * the others wait. Steps are never changed or removed once released, only added, and only such that the version before can still work:
 * processes are replaced one after the other.
 *
 * @throws {UnavailableError} when the database cannot be used.
 */
export async function migratePostgres(db: Postgres, room: string, steps: readonly string[]): Promise<void> {
  if (await isUpToDate(db, room, steps.length)) return;
  await db.transaction(boundMs, async (query) => {
    await query(`SET LOCAL statement_timeout = ${boundMs}`);
    await query("SELECT pg_advisory_xact_lock(hashtextextended('skopos schema', 0))");
    await query(
      'CREATE TABLE IF NOT EXISTS skopos_schema_versions (room text PRIMARY KEY, version integer NOT NULL)',
    );
    const [row] = await query('SELECT version FROM skopos_schema_versions WHERE room = $1', [room]);
    const version = Number(row?.['version'] ?? 0);
    // A newer version has been here: its steps leave what this one uses as it is.
    if (version >= steps.length) return;
    for (const step of steps.slice(version)) await query(step);
    await query(
      'INSERT INTO skopos_schema_versions VALUES ($1, $2) ON CONFLICT (room) DO UPDATE SET version = excluded.version',
      [room, steps.length],
    );
  });
}

/** Asked first, as it waits for nobody: a lock may be held for as long as another process takes. */
async function isUpToDate(db: Postgres, room: string, wanted: number): Promise<boolean> {
  const [found] = await db.query("SELECT to_regclass('skopos_schema_versions') IS NOT NULL AS is_there");
  if (found?.['is_there'] !== true) return false;
  const [row] = await db.query('SELECT version FROM skopos_schema_versions WHERE room = $1', [room]);
  return Number(row?.['version'] ?? 0) >= wanted;
}
