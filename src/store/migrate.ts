import { UnavailableError } from '../kit/app-error.ts';
import type { Database } from './database.ts';

/**
 * Brings a room's tables to its newest form: runs those of `steps` (SQL, oldest first) that this database has not seen, each
 * with its mark in one transaction. Steps are never changed or removed once released, only added.
 *
 * @throws {UnavailableError} when a newer program has written the database.
 */
export function migrate(db: Database, room: string, steps: readonly string[]): void {
  db.exec('CREATE TABLE IF NOT EXISTS schema_versions (room TEXT PRIMARY KEY, version INTEGER NOT NULL)');
  const version = Number(
    db.prepare('SELECT version FROM schema_versions WHERE room = ?').get(room)?.['version'] ?? 0,
  );
  if (version > steps.length) {
    throw new UnavailableError(
      `the database was written by a newer version (${room}: form ${version}, this program knows ${steps.length}); start that version, or give this one another data folder`,
    );
  }
  const note = db.prepare('INSERT OR REPLACE INTO schema_versions VALUES (?, ?)');
  for (const [i, step] of steps.entries()) {
    if (i < version) continue;
    db.transaction(() => {
      db.exec(step);
      note.run(room, i + 1);
    });
  }
}
