import { BadInputError, NotFoundError } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import { fnv1a64 } from '../../kit/hash.ts';
import type { ExceptionPolicy, ExceptionScope } from '../../posture/exceptions/posture-exception.ts';
import type { Database, Statement } from '../../store/database.ts';
import { migrate } from '../../store/migrate.ts';

/** An exception of posture that a person made here, not in a file; times in Unix ms. */
export interface KeptException {
  readonly id: string;
  readonly scopes: readonly ExceptionScope[];
  readonly policies: readonly ExceptionPolicy[];
  readonly startsAtMs: number;
  /** Years ahead for one that has no end. */
  readonly endsAtMs: number;
  readonly createdBy: string;
  readonly owner: string;
  readonly reason: string;
  /** Recurring windows as they were given; with some, it holds only within them. */
  readonly windows: readonly unknown[];
  /** How long before its end its owner is told, while it excepts something; 0: not at all. */
  readonly noticeMs: number;
  readonly updatedAtMs: number;
}

/** With the id of one that is there it is an edit. */
export type NewException = Omit<KeptException, 'id' | 'updatedAtMs'> & { readonly id?: string | undefined };

const steps: readonly string[] = [
  'CREATE TABLE findings_exceptions (id TEXT PRIMARY KEY, exception TEXT NOT NULL) WITHOUT ROWID',
];

/** So many exceptions, and characters of one, are more than anybody keeps in view. */
const maxExceptions = 10_000;
const maxChars = 64 * 1024;

/** Exceptions that people made, in SQLite before they have effect; ended ones are kept for a while, to be looked up. */
export class ExceptionStore {
  readonly #clock: Clock;
  readonly #kept = new Map<string, KeptException>();
  readonly #save: Statement;
  readonly #drop: Statement;

  constructor(db: Database, clock: Clock) {
    migrate(db, 'exceptions', steps);
    this.#clock = clock;
    this.#save = db.prepare('INSERT OR REPLACE INTO findings_exceptions (id, exception) VALUES (?, ?)');
    this.#drop = db.prepare('DELETE FROM findings_exceptions WHERE id = ?');
    for (const row of db.prepare('SELECT exception FROM findings_exceptions').all()) {
      const kept = JSON.parse(String(row['exception'])) as KeptException;
      this.#kept.set(kept.id, kept);
    }
  }

  list(): readonly KeptException[] {
    return [...this.#kept.values()];
  }

  get(id: string): KeptException | undefined {
    return this.#kept.get(id);
  }

  /**
   * Keeps a new one, or changes the one whose id is given.
   *
   * @returns the id
   * @throws {BadInputError} when it is not valid.
   * @throws {NotFoundError} when the id is not known.
   */
  set(wanted: NewException): string {
    const nowMs = this.#clock.now();
    const known = wanted.id === undefined ? undefined : this.#kept.get(wanted.id);
    if (wanted.id !== undefined && known === undefined)
      throw new NotFoundError(`there is no exception ${wanted.id}`);
    if (known !== undefined && known.endsAtMs <= nowMs)
      throw new BadInputError('id', `exception ${known.id} has ended; make a new one`);
    if (known === undefined && this.#kept.size >= maxExceptions)
      throw new BadInputError('', `there are ${maxExceptions} exceptions already`);
    check(wanted, nowMs);
    const id = known?.id ?? this.#newId(wanted, nowMs);
    this.#put({ ...wanted, id, createdBy: known?.createdBy ?? wanted.createdBy, updatedAtMs: nowMs });
    return id;
  }

  /** Ends it now. @throws {NotFoundError} when there is none. @throws {BadInputError} when it has ended already. */
  expire(id: string): void {
    const nowMs = this.#clock.now();
    const known = this.#kept.get(id);
    if (known === undefined) throw new NotFoundError(`there is no exception ${id}`);
    if (known.endsAtMs <= nowMs) throw new BadInputError('', `exception ${id} has ended already`);
    this.#put({
      ...known,
      startsAtMs: Math.min(known.startsAtMs, nowMs),
      endsAtMs: nowMs,
      updatedAtMs: nowMs,
    });
  }

  /** Forgets those that ended longer ago than `keptMs`. */
  collect(keptMs: number): void {
    const beforeMs = this.#clock.now() - keptMs;
    for (const { id, endsAtMs } of this.#kept.values()) {
      if (endsAtMs > beforeMs) continue;
      this.#drop.run(id);
      this.#kept.delete(id);
    }
  }

  #put(exception: KeptException): void {
    this.#save.run(exception.id, JSON.stringify(exception));
    this.#kept.set(exception.id, exception);
  }

  #newId(wanted: NewException, nowMs: number): string {
    for (let attempt = 0; ; attempt++) {
      const id = fnv1a64([wanted.reason, JSON.stringify(wanted.scopes), String(nowMs), String(attempt)]);
      if (!this.#kept.has(id)) return id;
    }
  }
}

function check(wanted: NewException, nowMs: number): void {
  const { scopes, startsAtMs, endsAtMs } = wanted;
  if (!scopes.some(saysSomething))
    throw new BadInputError('resources', 'say what it is for: a namespace, a kind, a name, labels …');
  if (endsAtMs <= startsAtMs) throw new BadInputError('endsAtMs', 'the end must come after the start');
  if (endsAtMs <= nowMs) throw new BadInputError('endsAtMs', 'the end is in the past');
  if (JSON.stringify(wanted).length > maxChars)
    throw new BadInputError('', `an exception may have at most ${maxChars} characters`);
}

function saysSomething(scope: ExceptionScope): boolean {
  return Object.values(scope).some((value) =>
    typeof value === 'string' ? value !== '' : Object.keys(value).length > 0,
  );
}
