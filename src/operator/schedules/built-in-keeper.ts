import { BadInputError, NotFoundError } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Database, Row } from '../../store/database.ts';
import { migrate } from '../../store/migrate.ts';
import type { Schedule, ScheduleEdit, ScheduleKeeper, ScheduleKind, WantedSchedule } from './schedule.ts';

const steps: readonly string[] = [
  `CREATE TABLE schedules (
     name TEXT PRIMARY KEY,
     kind TEXT NOT NULL,
     cron TEXT NOT NULL,
     zone TEXT NOT NULL,
     paused INTEGER NOT NULL,
     commands TEXT NOT NULL,
     created REAL NOT NULL,
     due REAL
   ) WITHOUT ROWID`,
];

/** Recurring scans that the built-in scheduler runs, in SQLite. */
export class BuiltInKeeper implements ScheduleKeeper {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();

  /** @throws {UnavailableError} when the table cannot be made. */
  constructor(db: Database, clock: Clock) {
    migrate(db, 'schedules', steps);
    this.#db = db;
    this.#clock = clock;
  }

  /** Calls `listener` when they are other than before. Returns the cancel function. */
  onChanged(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  all(): readonly Schedule[] {
    return this.#db.prepare('SELECT * FROM schedules ORDER BY name').all().map(scheduleOf);
  }

  /** Notes that one fell due, whatever came of it. */
  fellDue(name: string, dueMs: number): void {
    this.#db.prepare('UPDATE schedules SET due = ? WHERE name = ?').run(dueMs, name);
  }

  async list(): Promise<readonly Schedule[]> {
    return this.all();
  }

  async create({ name, kind, cron, timeZone, isPaused, commands }: WantedSchedule): Promise<Schedule> {
    if (this.#get(name) !== undefined)
      throw new BadInputError('name', `there is a recurring scan "${name}" already`);
    this.#db
      .prepare('INSERT INTO schedules VALUES (?, ?, ?, ?, ?, ?, ?, NULL)')
      .run(name, kind, cron, timeZone, isPaused ? 1 : 0, JSON.stringify(commands), this.#clock.now());
    this.#tell();
    return this.#need(name);
  }

  async update(name: string, edit: ScheduleEdit): Promise<Schedule> {
    const { cron, timeZone, isPaused, commands } = { ...this.#need(name), ...edit };
    // Time that passed under another schedule, or while it was paused, is not made up for.
    this.#db
      .prepare('UPDATE schedules SET cron = ?, zone = ?, paused = ?, commands = ?, due = ? WHERE name = ?')
      .run(cron, timeZone, isPaused ? 1 : 0, JSON.stringify(commands), this.#clock.now(), name);
    this.#tell();
    return this.#need(name);
  }

  async delete(name: string): Promise<void> {
    this.#need(name);
    this.#db.prepare('DELETE FROM schedules WHERE name = ?').run(name);
    this.#tell();
  }

  #get(name: string): Schedule | undefined {
    const row = this.#db.prepare('SELECT * FROM schedules WHERE name = ?').get(name);
    return row === undefined ? undefined : scheduleOf(row);
  }

  #need(name: string): Schedule {
    const found = this.#get(name);
    if (found === undefined) throw new NotFoundError(`there is no recurring scan "${name}"`);
    return found;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function scheduleOf(row: Row): Schedule {
  return {
    name: String(row['name']),
    kind: String(row['kind']) as ScheduleKind,
    cron: String(row['cron']),
    timeZone: String(row['zone']),
    isPaused: row['paused'] === 1,
    commands: JSON.parse(String(row['commands'])) as readonly unknown[],
    runBy: 'skopos',
    madeBy: 'skopos',
    createdAtMs: Number(row['created']),
    ...(row['due'] === null ? {} : { lastDueMs: Number(row['due']) }),
  };
}
