import type { HostFact } from '../../model/host.ts';
import type { Database, Statement } from '../../store/database.ts';
import { migrate } from '../../store/migrate.ts';

const steps = [
  'CREATE TABLE host_facts (node TEXT PRIMARY KEY, digest TEXT NOT NULL, answered INTEGER NOT NULL, changed INTEGER NOT NULL, facts TEXT NOT NULL) WITHOUT ROWID',
];

/** What a node told last. */
export interface KeptNode {
  readonly node: string;
  readonly digest: string;
  /** When it last answered. Unix ms. */
  readonly answeredAtMs: number;
  /** When its facts were last other than before. Unix ms. */
  readonly changedAtMs: number;
}

/** Facts of nodes in the database, so that a restart does not forget what is wrong with them. */
export class HostTable {
  readonly #all: Statement;
  readonly #facts: Statement;
  readonly #put: Statement;
  readonly #answered: Statement;
  readonly #delete: Statement;

  /** @throws {UnavailableError} when the table cannot be made. */
  constructor(db: Database) {
    migrate(db, 'host', steps);
    this.#all = db.prepare('SELECT node, digest, answered, changed FROM host_facts');
    this.#facts = db.prepare('SELECT facts FROM host_facts WHERE node = ?');
    this.#put = db.prepare('INSERT OR REPLACE INTO host_facts VALUES (?, ?, ?, ?, ?)');
    this.#answered = db.prepare('UPDATE host_facts SET answered = ? WHERE node = ?');
    this.#delete = db.prepare('DELETE FROM host_facts WHERE node = ?');
  }

  nodes(): KeptNode[] {
    return this.#all.all().map((row) => ({
      node: String(row['node']),
      digest: String(row['digest']),
      answeredAtMs: Number(row['answered']),
      changedAtMs: Number(row['changed']),
    }));
  }

  /** Empty for a node that has told nothing. */
  facts(node: string): readonly HostFact[] {
    const row = this.#facts.get(node);
    return row === undefined ? [] : (JSON.parse(String(row['facts'])) as readonly HostFact[]);
  }

  put({ node, digest, answeredAtMs, changedAtMs }: KeptNode, facts: readonly HostFact[]): void {
    this.#put.run(node, digest, answeredAtMs, changedAtMs, JSON.stringify(facts));
  }

  answered(node: string, atMs: number): void {
    this.#answered.run(atMs, node);
  }

  delete(node: string): void {
    this.#delete.run(node);
  }
}
