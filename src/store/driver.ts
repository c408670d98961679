import { createRequire } from 'node:module';
import type { Row, SqlValue } from './database.ts';

/** What the two SQLite bindings have in common, after {@link openDriver} has evened them out. */
export interface Driver {
  readonly name: 'node:sqlite' | 'libsql';
  exec(sql: string): void;
  prepare(sql: string): DriverStatement;
  close(): void;
}

export interface DriverStatement {
  run(values: readonly SqlValue[]): { readonly changes: number };
  get(values: readonly SqlValue[]): Row | undefined;
  all(values: readonly SqlValue[]): Row[];
}

const require = createRequire(import.meta.url);

/** `node:sqlite` where this Node has it, else `libsql`. @throws what the binding throws: see {@link codeOfError}. */
export function openDriver(path: string): Driver {
  const native = nodeSqlite();
  return native === undefined ? openLibsql(path) : openNative(native, path);
}

/** SQLite's name for what went wrong, such as `SQLITE_BUSY` or `SQLITE_FULL`; '' when the error is no SQLite error. */
export function codeOfError(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { code, errcode } = error as { readonly code?: unknown; readonly errcode?: unknown };
  // node:sqlite says ERR_SQLITE_ERROR and SQLite's number, whose low byte is the primary code.
  if (typeof errcode === 'number') return primaryCodes.get(errcode & 0xff) ?? `SQLITE_${errcode}`;
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : '';
}

/** Source: https://www.sqlite.org/rescode.html */
const primaryCodes: ReadonlyMap<number, string> = new Map([
  [5, 'SQLITE_BUSY'],
  [8, 'SQLITE_READONLY'],
  [10, 'SQLITE_IOERR'],
  [11, 'SQLITE_CORRUPT'],
  [13, 'SQLITE_FULL'],
  [14, 'SQLITE_CANTOPEN'],
  [26, 'SQLITE_NOTADB'],
]);

type Binding = new (
  path: string,
) => {
  exec(sql: string): void;
  prepare(sql: string): {
    run(...values: SqlValue[]): { readonly changes: number | bigint };
    get(...values: SqlValue[]): Record<string, unknown> | undefined;
    all(...values: SqlValue[]): Record<string, unknown>[];
  };
  close(): void;
};

function nodeSqlite(): Binding | undefined {
  // Asked for by function, as an import of a module that a Node lacks could not be caught; some have it behind a flag.
  try {
    const found = (process as { getBuiltinModule?(id: string): unknown }).getBuiltinModule?.('node:sqlite');
    return (found as { readonly DatabaseSync?: Binding } | undefined)?.DatabaseSync;
  } catch {
    return undefined;
  }
}

function openNative(DatabaseSync: Binding, path: string): Driver {
  return wrap('node:sqlite', new DatabaseSync(path), (row) => row as Row);
}

function openLibsql(path: string): Driver {
  const Libsql = require('libsql') as Binding;
  return wrap('libsql', new Libsql(path), (row) => {
    // Of single rows only; it is the time that the query took.
    delete row['_metadata'];
    for (const name in row) {
      const value = row[name];
      if (value instanceof ArrayBuffer) row[name] = new Uint8Array(value);
    }
    return row as Row;
  });
}

function wrap(
  name: Driver['name'],
  db: InstanceType<Binding>,
  toRow: (row: Record<string, unknown>) => Row,
): Driver {
  return {
    name,
    exec: (sql) => db.exec(sql),
    close: () => db.close(),
    prepare(sql) {
      const statement = db.prepare(sql);
      return {
        run: (values) => ({ changes: Number(statement.run(...values).changes) }),
        get(values) {
          const row = statement.get(...values);
          return row === undefined ? undefined : toRow(row);
        },
        all: (values) => statement.all(...values).map(toRow),
      };
    },
  };
}
