import type { Database, Statement } from '../store/database.ts';

/** A kind of objects, whatever its version. */
export interface LookedAtKind {
  readonly group: string;
  readonly kind: string;
}

/**
 * Which kinds of a cluster have been looked at completely, ever. What the first look at a kind finds was there before us, also where
 * it could not be read when all others were: it is no news. What a later look finds is, as of a cluster that nobody watched for a while.
 */
export class KindLooks {
  readonly #cluster: string;
  readonly #insert: Statement;
  readonly #set: Statement;
  /** Keys to whether the kind has been looked at; of a key that is not there nothing is known. */
  readonly #known = new Map<string, boolean>();

  /** Needs the table of facts. */
  constructor(db: Database, cluster: string) {
    this.#cluster = cluster;
    this.#insert = db.prepare('INSERT OR IGNORE INTO finding_facts VALUES (?, ?)');
    this.#set = db.prepare('INSERT OR REPLACE INTO finding_facts VALUES (?, ?)');
    const prefix = this.#factOf('');
    const rows = db
      .prepare('SELECT name, value FROM finding_facts WHERE substr(name, 1, ?) = ?')
      .all(prefix.length, prefix);
    for (const { name, value } of rows) this.#known.set(String(name).slice(prefix.length), value !== 0);
  }

  /** Whether it could not be read whenever it was tried so far. */
  isUnseen({ group, kind }: LookedAtKind): boolean {
    return this.#known.get(`${group}/${kind}`) === false;
  }

  /** These cannot be read now: those of which nothing is known were never seen. */
  blind(kinds: Iterable<LookedAtKind>): void {
    for (const { group, kind } of kinds) {
      const key = `${group}/${kind}`;
      if (this.#known.has(key)) continue;
      this.#known.set(key, false);
      this.#insert.run(this.#factOf(key), 0);
    }
  }

  /** These have been looked at completely. @returns how many of them never had been, though it was tried. */
  seen(kinds: Iterable<LookedAtKind>, atMs: number): number {
    let first = 0;
    for (const { group, kind } of kinds) {
      const key = `${group}/${kind}`;
      const before = this.#known.get(key);
      if (before === true) continue;
      if (before === false) first++;
      this.#known.set(key, true);
      this.#set.run(this.#factOf(key), atMs);
    }
    return first;
  }

  /** Kinds that were never seen, less these that cannot be read now: what they hold is seen for the first time. */
  appeared(unreadable: Iterable<LookedAtKind>): readonly LookedAtKind[] {
    const still = new Set([...unreadable].map(({ group, kind }) => `${group}/${kind}`));
    return [...this.#known].flatMap(([key, isSeen]) => {
      if (isSeen || still.has(key)) return [];
      const at = key.lastIndexOf('/');
      return [{ group: key.slice(0, at), kind: key.slice(at + 1) }];
    });
  }

  #factOf(key: string): string {
    return `looked:${this.#cluster}:${key}`;
  }
}
