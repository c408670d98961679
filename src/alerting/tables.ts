import type { Database } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';

/** Makes this room's tables, or brings them up to date. Cheap when they are. */
export function makeTables(database: Database): void {
  migrate(database, 'alerting', steps);
}

const steps: readonly string[] = [
  `CREATE TABLE alerting_alerts (
     fingerprint TEXT PRIMARY KEY,
     is_resolved INTEGER NOT NULL,
     is_settled INTEGER NOT NULL,
     alert TEXT NOT NULL
   ) WITHOUT ROWID;
   CREATE TABLE alerting_groups (id TEXT PRIMARY KEY, first_flush_ms REAL NOT NULL) WITHOUT ROWID;
   CREATE TABLE alerting_silences (id TEXT PRIMARY KEY, silence TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE alerting_notification_log (
     lane TEXT PRIMARY KEY,
     at_ms REAL NOT NULL,
     expires_at_ms REAL NOT NULL,
     firing TEXT NOT NULL,
     resolved TEXT NOT NULL
   ) WITHOUT ROWID;
   CREATE TABLE alerting_inbox (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     notification TEXT NOT NULL UNIQUE,
     at_ms REAL NOT NULL,
     is_read INTEGER NOT NULL DEFAULT 0,
     message TEXT NOT NULL
   );`,
  // When a group is to be flushed first; its `first_flush_ms` is 0 until then.
  'ALTER TABLE alerting_groups ADD COLUMN due_ms REAL NOT NULL DEFAULT 0',
  // Alerts that changed together, one row each time, until they are put into the table of alerts.
  'CREATE TABLE alerting_journal (id INTEGER PRIMARY KEY, alerts TEXT NOT NULL)',
  // They stand in files instead; this is the number of the last text of them that the table of alerts has, one row.
  'CREATE TABLE alerting_journal_done (seq INTEGER NOT NULL)',
];
