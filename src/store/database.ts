/**
 * One SQLite database: `node:sqlite` where the Node has it, else `libsql`. Synchronous, one writer. Write-ahead log with
 * `synchronous=NORMAL`: a transaction that returned survives the death of the process.
 */
export interface Database {
  /** The statement of a text, which is prepared once: ask for it wherever it is needed. */
  prepare(sql: string): Statement;
  /** Runs one or more statements without results. */
  exec(sql: string): void;
  /** All or nothing; nests as a savepoint is not supported: call it at the top only. */
  transaction<Result>(work: () => Result): Result;
  close(): void;
}

export type SqlValue = string | number | bigint | null | Uint8Array;

export type Row = Readonly<Record<string, SqlValue>>;

export interface Statement {
  run(...values: SqlValue[]): { readonly changes: number };
  get(...values: SqlValue[]): Row | undefined;
  all(...values: SqlValue[]): Row[];
}
