import type { Database } from '../../store/database.ts';
import { migrate } from '../../store/migrate.ts';

const steps: readonly string[] = [
  'CREATE TABLE image_first_rounds (cluster TEXT PRIMARY KEY, ended REAL NOT NULL) WITHOUT ROWID',
];

/**
 * Whether all images that a cluster ran when its images were first judged have been looked at once. What they have was there before
 * us, so that it is no news.
 */
export class FirstRound {
  readonly #db: Database;
  readonly #cluster: string;
  #isOver: boolean;

  /** @throws {UnavailableError} when the table cannot be made. */
  constructor(db: Database, cluster: string) {
    migrate(db, 'image first rounds', steps);
    this.#db = db;
    this.#cluster = cluster;
    this.#isOver =
      db.prepare('SELECT 1 FROM image_first_rounds WHERE cluster = ?').get(cluster) !== undefined;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  end(atMs: number): void {
    if (this.#isOver) return;
    this.#db.prepare('INSERT OR IGNORE INTO image_first_rounds VALUES (?, ?)').run(this.#cluster, atMs);
    this.#isOver = true;
  }
}
