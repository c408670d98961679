import type { Driver } from '../../store/driver.ts';
import { readPackageBlob, textOf } from './blobs.ts';
import { printOf } from './print-of.ts';
import { outlineOf } from './row-bounds.ts';

/** What of a package's blob is put beside its rows. */
export interface KnownBlob {
  /** See {@link outlineOf}. */
  readonly outline: string;
  /** The same for blobs that say the same. */
  readonly print: string;
}

export type KnownBlobs = ReadonlyMap<number, KnownBlob>;

/** Blobs that are kept, as they are shared by rows. */
const keptBlobs = 100_000;

/** Reads many blobs of packages at once. */
export class BlobReader {
  readonly #ask: ReturnType<Driver['prepare']>;
  readonly #known = new Map<number, KnownBlob>();

  constructor(driver: Driver) {
    this.#ask =
      driver.prepare(`SELECT json_group_array(json_array(id, CASE typeof(value) WHEN 'text' THEN value END)) AS found
        FROM blobs WHERE id IN (SELECT value FROM json_each(?))`);
  }

  /** These, and others: to be used before it is asked again. @throws what SQLite throws. */
  of(blobs: ReadonlySet<number>): KnownBlobs {
    const known = this.#known;
    if (known.size > keptBlobs) known.clear();
    const missing = [...blobs].filter((blob) => !known.has(blob));
    if (missing.length === 0) return known;
    const found = JSON.parse(
      textOf(this.#ask.get([JSON.stringify(missing)])?.['found']),
    ) as readonly (readonly [number, unknown])[];
    for (const [id, value] of found) {
      const text = textOf(value);
      known.set(id, { outline: outlineOf(readPackageBlob(text).ranges), print: printOf(text) });
    }
    return known;
  }
}
