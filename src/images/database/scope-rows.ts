import { Recent } from '../../kit/recent.ts';
import type { Advisory } from './advisory.ts';
import { textOf } from './database-rows.ts';
import { PackageRows } from './package-rows.ts';
import { pieces, type Queries } from './queries.ts';
import { unknownOutline } from './row-bounds.ts';
import { type RowKind, rowsByName, scopeOf } from './rows-by-name.ts';

/** Where names are looked for: among those of an operating system, by its id, or of an ecosystem and no operating system. */
export type ScopeId = number | string;

/** Characters of rows that are kept by what was asked for, of each scope; a name without rows counts for some as well. */
const keptCharacters = 8 * 1024 ** 2;
const charactersOfEntry = 100;

const separator = '\u001e';
const fromTable = {
  one: `SELECT rows FROM ${rowsByName} WHERE scope = ? AND name = ?`,
  many: `SELECT ifnull(group_concat(j.key || ' ' || r.rows, char(30)), '') FROM json_each(?2) j CROSS JOIN ${rowsByName} r WHERE r.scope = ?1 AND r.name = j.value`,
};

/** Gathers the rows of one name from the published tables, as {@link rowsByName} has them, but without their ranges. */
export function linesSql(kind: RowKind, test: string): string {
  return `SELECT group_concat(v || ',' || ifnull(o, '') || ',' || ifnull(b, 0) || ',' || ifnull(e, '') || '${unknownOutline}', char(10)) AS rows
    FROM (SELECT h.vulnerability_id AS v, h.operating_system_id AS o, h.blob_id AS b, p.ecosystem AS e
      ${fromHandles(kind)}
      WHERE p.name = ? COLLATE NOCASE ${test})`;
}

function fromHandles(kind: RowKind): string {
  return `FROM packages p JOIN ${kind}_package_handles h ON h.package_id = p.id`;
}

/** Lets handles of one scope pass, whose id is the next value. */
function handleTest(id: ScopeId): string {
  return typeof id === 'number'
    ? 'h.operating_system_id = ?'
    : 'p.ecosystem = ? COLLATE NOCASE AND h.operating_system_id IS NULL';
}

export interface RowSource {
  readonly queries: Queries;
  /** Whether the file has the table {@link rowsByName}: else the published ones are asked. */
  readonly isPrepared: boolean;
  readonly advisoryOf: (head: string) => Advisory;
}

/** The rows of one scope, by the name of the package. */
export class ScopeRows {
  readonly #source: RowSource;
  readonly #kind: RowKind;
  readonly #id: ScopeId;
  #hasAny: boolean | undefined;
  readonly #known = new Recent<string, PackageRows>(keptCharacters, (rows) => rows.size + charactersOfEntry);

  constructor(source: RowSource, kind: RowKind, id: ScopeId) {
    this.#source = source;
    this.#kind = kind;
    this.#id = id;
  }

  /** Whether there are rows of any name. */
  get hasAny(): boolean {
    this.#hasAny ??= this.#queryAny();
    return this.#hasAny;
  }

  of(name: string): PackageRows {
    return this.#known.get(name) ?? this.#keep(name, this.#read(name));
  }

  /** Reads those of many names that are not known yet, so that {@link ScopeRows.of} need not ask for each. */
  fetch(names: Iterable<string>): void {
    const { queries, isPrepared } = this.#source;
    if (!isPrepared) return;
    // What JSON says in another way than a bound value is left to be asked for by itself.
    const missing = [...names].filter((name) => !this.#known.has(name) && !name.includes('\0'));
    for (const piece of pieces(missing)) {
      const found = queries.textOfMany(fromTable.many, [scopeOf(this.#kind, this.#id)], piece);
      if (found === undefined) return;
      const texts = new Map(found.split(separator).map(numbered));
      piece.forEach((name, i) => {
        this.#keep(name, texts.get(i) ?? '');
      });
    }
  }

  #queryAny(): boolean {
    const { queries, isPrepared } = this.#source;
    const row = isPrepared
      ? queries.get(`SELECT 1 FROM ${rowsByName} WHERE scope = ? LIMIT 1`, [scopeOf(this.#kind, this.#id)])
      : queries.get(`SELECT 1 ${fromHandles(this.#kind)} WHERE ${handleTest(this.#id)} LIMIT 1`, [this.#id]);
    return row !== undefined;
  }

  #read(name: string): string {
    const { queries, isPrepared } = this.#source;
    const id = this.#id;
    if (isPrepared) return textOf(queries.get(fromTable.one, [scopeOf(this.#kind, id), name])?.['rows']);
    return textOf(queries.get(linesSql(this.#kind, `AND ${handleTest(id)}`), [name, id])?.['rows']);
  }

  #keep(name: string, text: string): PackageRows {
    const rows = text === '' ? none : new PackageRows(text, this.#source.advisoryOf);
    this.#known.set(name, rows);
    return rows;
  }
}

const none = new PackageRows('', () => {
  throw new RangeError('there is no row');
});

function numbered(part: string): readonly [number, string] {
  const at = part.indexOf(' ');
  // A text of its own, as a part of the answer would keep all of it in memory.
  return [Number(part.slice(0, at)), Buffer.from(part.slice(at + 1)).toString()];
}
