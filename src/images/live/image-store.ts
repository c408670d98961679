import type { Clock } from '../../kit/clock.ts';
import type { ImageSbom } from '../../model/image-sbom.ts';
import type { Database } from '../../store/database.ts';
import { migrate } from '../../store/migrate.ts';
import type { ImageResult, ImageSummary, NamedImage } from './live-image.ts';
import { pack, type ResultRow, unpack } from './result-row.ts';

export interface ImageStoreOptions {
  readonly db: Database;
  readonly clock: Clock;
  /** Images that are kept; those that were not in use for the longest time go first. 2000 when left out. */
  readonly maxImages?: number;
  /** Told of each result that is kept. */
  readonly onResult?: (summary: ImageSummary) => void;
}

const steps: readonly string[] = [
  `CREATE TABLE image_sboms (
     digest TEXT PRIMARY KEY,
     analyser TEXT NOT NULL,
     used REAL NOT NULL,
     body BLOB NOT NULL
   );
   CREATE INDEX image_sboms_used ON image_sboms (used);
   CREATE TABLE image_names (
     reference TEXT NOT NULL,
     platform TEXT NOT NULL,
     digest TEXT NOT NULL,
     PRIMARY KEY (reference, platform)
   );
   CREATE INDEX image_names_digest ON image_names (digest);
   CREATE TABLE image_results (
     digest TEXT PRIMARY KEY,
     summary TEXT NOT NULL,
     body BLOB NOT NULL
   );`,
  // Results tell more since then: they are made anew of what is kept of the images.
  'DELETE FROM image_results',
  // By what images are found for a vulnerability without unpacking their results.
  `DELETE FROM image_results;
   CREATE TABLE image_vulnerabilities (digest TEXT PRIMARY KEY, ids TEXT NOT NULL);`,
  // The same for results that tell the same.
  "ALTER TABLE image_results ADD COLUMN print TEXT NOT NULL DEFAULT ''",
  // Results tell what controls ask since then.
  'DELETE FROM image_results',
];

const tables = ['image_sboms', 'image_results', 'image_vulnerabilities', 'image_names'];

/** What images are made of and what is wrong with them, by digest: an image is read once, and matched again from here. */
export class ImageStore {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #maxImages: number;
  readonly #onResult: (summary: ImageSummary) => void;
  #inUse: () => Iterable<string> = () => [];

  /** @throws {UnavailableError} when the tables cannot be made. */
  constructor({ db, clock, maxImages = 2000, onResult = () => {} }: ImageStoreOptions) {
    this.#db = db;
    this.#clock = clock;
    this.#maxImages = maxImages;
    this.#onResult = onResult;
    migrate(db, 'images', steps);
  }

  /** Digests that are the last to go, however many images somebody asks for: they are asked when there are too many. */
  spare(inUse: () => Iterable<string>): void {
    this.#inUse = inUse;
  }

  /** The digest that a name had when it was last looked at. */
  digestOf({ reference, platform }: Pick<NamedImage, 'reference' | 'platform'>): string | undefined {
    const row = this.#db
      .prepare('SELECT digest FROM image_names WHERE reference = ? AND platform = ?')
      .get(reference, platform);
    return row === undefined ? undefined : String(row['digest']);
  }

  /** A name that an image has had. */
  nameOf(digest: string): string | undefined {
    const row = this.#db
      .prepare('SELECT reference FROM image_names WHERE digest = ? ORDER BY reference LIMIT 1')
      .get(digest);
    return row === undefined ? undefined : String(row['reference']);
  }

  name({ reference, platform }: Pick<NamedImage, 'reference' | 'platform'>, digest: string): void {
    this.#db.prepare('INSERT OR REPLACE INTO image_names VALUES (?, ?, ?)').run(reference, platform, digest);
  }

  keepSbom(sbom: ImageSbom): void {
    this.#db
      .prepare('INSERT OR REPLACE INTO image_sboms VALUES (?, ?, ?, ?)')
      .run(sbom.digest, sbom.analyser, this.#clock.now(), pack(sbom));
    this.#prune();
  }

  sbom(digest: string): ImageSbom | undefined {
    const row = this.#db.prepare('SELECT body FROM image_sboms WHERE digest = ?').get(digest);
    return row === undefined ? undefined : (unpack(row['body'] as Uint8Array) as ImageSbom);
  }

  /** Whether there is an SBOM that this analyser made. */
  has(digest: string, analyser: string): boolean {
    const row = this.#db.prepare('SELECT analyser FROM image_sboms WHERE digest = ?').get(digest);
    return row?.['analyser'] === analyser;
  }

  /** Digests of all SBOMs, those in use last come first. */
  digests(): readonly string[] {
    return this.#db
      .prepare('SELECT digest FROM image_sboms ORDER BY used DESC, digest')
      .all()
      .map((row) => String(row['digest']));
  }

  /** Images that are in use now: they are the last to go. */
  touch(digests: Iterable<string>): void {
    const touch = this.#db.prepare('UPDATE image_sboms SET used = ? WHERE digest = ?');
    const atMs = this.#clock.now();
    this.#db.transaction(() => {
      for (const digest of digests) touch.run(atMs, digest);
    });
  }

  /** @returns whether findings are other than by the result before. */
  keepRow({ digest, summary, ids, print, body }: ResultRow): boolean {
    const before = this.#db.prepare('SELECT print FROM image_results WHERE digest = ?').get(digest);
    this.#db.transaction(() => {
      this.#db
        .prepare('INSERT OR REPLACE INTO image_results (digest, summary, body, print) VALUES (?, ?, ?, ?)')
        .run(digest, JSON.stringify(summary), body, print);
      this.#db.prepare('INSERT OR REPLACE INTO image_vulnerabilities VALUES (?, ?)').run(digest, ids);
    });
    this.#onResult(summary);
    return before?.['print'] !== print;
  }

  /** Digests of images that have a vulnerability by any of its names, whether it counts or not. */
  having(vulnerability: string, limit: number): readonly string[] {
    return this.#db
      .prepare('SELECT digest FROM image_vulnerabilities WHERE instr(ids, ?) > 0 ORDER BY digest LIMIT ?')
      .all(` ${vulnerability} `, limit)
      .map(({ digest }) => String(digest));
  }

  result(digest: string): ImageResult | undefined {
    const row = this.#db.prepare('SELECT summary, body FROM image_results WHERE digest = ?').get(digest);
    if (row === undefined) return undefined;
    const { tallies: _, risk: __, grave: ___, ...rest } = JSON.parse(String(row['summary'])) as ImageSummary;
    const [matches, ignored] = unpack(row['body'] as Uint8Array) as [
      ImageResult['matches'],
      ImageResult['ignored'],
    ];
    return { ...rest, matches, ignored };
  }

  summary(digest: string): ImageSummary | undefined {
    const row = this.#db.prepare('SELECT summary FROM image_results WHERE digest = ?').get(digest);
    return row === undefined ? undefined : (JSON.parse(String(row['summary'])) as ImageSummary);
  }

  #prune(): void {
    const [row] = this.#db.prepare('SELECT COUNT(*) AS count FROM image_sboms').all();
    if (Number(row?.['count']) <= this.#maxImages) return;
    const old = this.#db
      .prepare(
        `SELECT digest FROM image_sboms
         ORDER BY digest IN (SELECT value FROM json_each(?)) DESC, used DESC, digest LIMIT -1 OFFSET ?`,
      )
      .all(JSON.stringify([...this.#inUse()]), this.#maxImages);
    for (const { digest = '' } of old)
      this.#db.transaction(() => {
        for (const table of tables) this.#db.prepare(`DELETE FROM ${table} WHERE digest = ?`).run(digest);
      });
  }
}
