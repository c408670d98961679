import type { Database, Statement } from '../store/database.ts';

/**
 * Which controls have ever judged a cluster. What a control finds when it does so for the first time was there before us: it is no
 * news. Nothing is kept in memory, so that what is rolled back is forgotten.
 */
export class ControlLooks {
  readonly #prefix: string;
  readonly #all: Statement;
  readonly #insert: Statement;

  /** Needs the table of facts. */
  constructor(db: Database, cluster: string) {
    this.#prefix = `judged:${cluster}:`;
    this.#all = db.prepare('SELECT name FROM finding_facts WHERE substr(name, 1, ?) = ?');
    this.#insert = db.prepare('INSERT OR IGNORE INTO finding_facts VALUES (?, ?)');
  }

  /**
   * Those that never judged the cluster. None where nothing was noted ever: what was kept before there were such notes may be of any
   * of them, and news that is told twice is better than news that is not told.
   */
  unseen(ids: readonly string[]): ReadonlySet<string> {
    const known = new Set(this.#all.all(this.#prefix.length, this.#prefix).map(({ name }) => String(name)));
    return new Set(known.size === 0 ? [] : ids.filter((id) => !known.has(this.#prefix + id)));
  }

  /** These judge it now. */
  seen(ids: readonly string[], atMs: number): void {
    // The empty name says that notes are taken.
    for (const id of ['', ...ids]) this.#insert.run(this.#prefix + id, atMs);
  }
}
