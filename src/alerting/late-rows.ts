import type { Database, SqlValue, Statement } from '../store/database.ts';
import type { WriteBehind } from './write-behind.ts';

/** Rows of one statement. */
const rowsAtOnce = 40;

export interface LateRowsOptions {
  readonly database: Database;
  readonly writes: WriteBehind;
  readonly table: string;
  /** Of its columns, the key first. */
  readonly columns: readonly string[];
}

/** Rows of a table that are written behind what has happened: the last state of each key alone, many with one statement. */
export class LateRows {
  readonly #writes: WriteBehind;
  readonly #insert: Statement;
  readonly #insertMany: Statement;
  readonly #drop: Statement;
  /** By key: its values, or that it is to go. */
  readonly #changed = new Map<string, (() => readonly SqlValue[]) | 'gone'>();

  constructor({ database, writes, table, columns }: LateRowsOptions) {
    this.#writes = writes;
    const insert = `INSERT OR REPLACE INTO ${table} (${columns.join(', ')}) VALUES `;
    const row = `(${columns.map(() => '?').join(', ')})`;
    this.#insert = database.prepare(insert + row);
    this.#insertMany = database.prepare(insert + Array.from({ length: rowsAtOnce }, () => row).join(', '));
    this.#drop = database.prepare(`DELETE FROM ${table} WHERE ${columns[0]} = ?`);
  }

  /** @param values of the other columns; asked for when they are written */
  set(key: string, values: () => readonly SqlValue[]): void {
    this.#note(key, values);
  }

  delete(key: string): void {
    this.#note(key, 'gone');
  }

  #note(key: string, change: (() => readonly SqlValue[]) | 'gone'): void {
    if (this.#changed.size === 0)
      this.#writes.add(
        () => this.#write(),
        () => this.#changed.clear(),
      );
    this.#changed.set(key, change);
  }

  #write(): void {
    let rows: SqlValue[][] = [];
    for (const [key, change] of this.#changed) {
      if (change === 'gone') this.#drop.run(key);
      else rows.push([key, ...change()]);
      if (rows.length < rowsAtOnce) continue;
      this.#insertMany.run(...rows.flat());
      rows = [];
    }
    for (const row of rows) this.#insert.run(...row);
  }
}
