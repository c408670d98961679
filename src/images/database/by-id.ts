import { Recent } from '../../kit/recent.ts';
import type { SqlValue } from '../../store/database.ts';
import { pieces, type Queries } from './queries.ts';

/** How a kind of thing is read by its key. */
export interface Reading<Found extends object> {
  /** A question about one key. */
  readonly one: string;
  /** About many, given as JSON: gives a JSON list of keys, each with its columns. */
  readonly many: string;
  /** Columns of `one`, in the order that `many` gives them in. */
  readonly columns: readonly string[];
  /** @param row in the order of the columns; undefined where there is none */
  read(row: readonly SqlValue[] | undefined): Found | undefined;
  readonly kept: number;
}

/** Things of a database by their key: read one by one or many at once, and kept while they are in use. */
export class ById<Key extends string | number, Found extends object> {
  readonly #queries: Queries;
  readonly #reading: Reading<Found>;
  readonly #kept: Recent<Key, { readonly found: Found | undefined }>;

  constructor(queries: Queries, reading: Reading<Found>) {
    this.#queries = queries;
    this.#reading = reading;
    this.#kept = new Recent(reading.kept);
  }

  get(key: Key): Found | undefined {
    const known = this.#kept.get(key);
    if (known !== undefined) return known.found;
    const { one, columns, read } = this.#reading;
    const row = this.#queries.get(one, [key]);
    const found = read(row === undefined ? undefined : columns.map((name) => row[name] ?? null));
    this.#kept.set(key, { found });
    return found;
  }

  /** Reads those that are not known yet, so that {@link ById.get} need not ask for each. */
  fetch(keys: Iterable<Key>): void {
    const missing = [...new Set(keys)].filter((key) => !this.#kept.has(key));
    for (const piece of pieces(missing)) this.#fetchPiece(piece);
  }

  #fetchPiece(keys: readonly Key[]): void {
    const text = this.#queries.textOfMany(this.#reading.many, [], keys);
    if (text === undefined) return;
    const rows = new Map<Key, readonly SqlValue[]>();
    for (const [key, row] of JSON.parse(text) as readonly (readonly [Key, readonly SqlValue[]])[])
      if (!rows.has(key)) rows.set(key, row);
    for (const key of keys) this.#kept.set(key, { found: this.#reading.read(rows.get(key)) });
  }
}
