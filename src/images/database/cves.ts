import type { ExploitPrediction, KnownExploited } from './advisory.ts';
import { readKevBlob } from './blobs.ts';
import { blobText } from './database-readings.ts';
import { textOf } from './database-rows.ts';
import { lowerAscii } from './name-pieces.ts';
import { PackedPredictions } from './packed-predictions.ts';
import type { Queries } from './queries.ts';

export interface CveTables {
  /** Whether EPSS is there at all, and packed. */
  readonly predictions: 'none' | 'rows' | 'packed';
  /** Of EPSS. */
  readonly date: string;
  readonly hasExploited: boolean;
}

/** What a file of the database knows of CVEs, whatever package they are in. */
export class Cves {
  readonly #queries: Queries;
  readonly #tables: CveTables;
  #packed: PackedPredictions | undefined;
  #exploited: ReadonlyMap<string, KnownExploited> | undefined;

  constructor(queries: Queries, tables: CveTables) {
    this.#queries = queries;
    this.#tables = tables;
  }

  /** In CISA's list, which is short, and read whole. @param cve in any case @throws {VulnerabilityDatabaseError} */
  knownExploited(cve: string): KnownExploited | undefined {
    if (!this.#tables.hasExploited) return undefined;
    this.#exploited ??= this.#readExploited();
    return this.#exploited.get(lowerAscii(cve));
  }

  /** @param cve in any case @throws {VulnerabilityDatabaseError} */
  exploitPrediction(cve: string): ExploitPrediction | undefined {
    const { predictions, date } = this.#tables;
    if (predictions === 'none') return undefined;
    if (predictions === 'packed') {
      this.#packed ??= new PackedPredictions(this.#queries, date);
      return this.#packed.get(cve);
    }
    const row = this.#queries.get('SELECT epss, percentile FROM epss_handles WHERE cve = ? COLLATE NOCASE', [
      cve,
    ]);
    return row === undefined
      ? undefined
      : { probability: Number(row['epss']), percentile: Number(row['percentile']), date };
  }

  /** The first of a name counts. */
  #readExploited(): ReadonlyMap<string, KnownExploited> {
    const rows = this.#queries.all(`SELECT k.cve, ${blobText} AS value
      FROM known_exploited_vulnerability_handles k JOIN blobs b ON b.id = k.blob_id ORDER BY k.id DESC`);
    return new Map(rows.map((row) => [lowerAscii(textOf(row['cve'])), readKevBlob(textOf(row['value']))]));
  }
}
