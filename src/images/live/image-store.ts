import { gunzipSync, gzipSync } from 'node:zlib';
import type { Clock } from '../../kit/clock.ts';
import type { ImageSbom } from '../../model/image-sbom.ts';
import type { Database, Row } from '../../store/database.ts';
import { migrate } from '../../store/migrate.ts';
import { type ImageResult, type ImageSummary, type NamedImage, summaryOf } from './live-image.ts';

export interface ImageStoreOptions {
  readonly db: Database;
  readonly clock: Clock;
  /** Images that are kept; those that were not in use for the longest time go first. 2000 when left out. */
  readonly maxImages?: number;
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
];

/** What images are made of and what is wrong with them, by digest: an image is read once, and matched again from here. */
export class ImageStore {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #maxImages: number;

  /** @throws {UnavailableError} when the tables cannot be made. */
  constructor({ db, clock, maxImages = 2000 }: ImageStoreOptions) {
    this.#db = db;
    this.#clock = clock;
    this.#maxImages = maxImages;
    migrate(db, 'images', steps);
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
      .run(sbom.digest, sbom.analyser, this.#clock.now(), packed(sbom));
    this.#prune();
  }

  sbom(digest: string): ImageSbom | undefined {
    const row = this.#db.prepare('SELECT body FROM image_sboms WHERE digest = ?').get(digest);
    return row === undefined ? undefined : (unpacked(row) as ImageSbom);
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

  keepResult(result: ImageResult): ImageSummary {
    const summary = summaryOf(result);
    this.#db
      .prepare('INSERT OR REPLACE INTO image_results VALUES (?, ?, ?)')
      .run(result.digest, JSON.stringify(summary), packed([result.matches, result.ignored]));
    return summary;
  }

  result(digest: string): ImageResult | undefined {
    const row = this.#db.prepare('SELECT summary, body FROM image_results WHERE digest = ?').get(digest);
    if (row === undefined) return undefined;
    const { tallies: _, risk: __, ...rest } = JSON.parse(String(row['summary'])) as ImageSummary;
    const [matches, ignored] = unpacked(row) as [ImageResult['matches'], ImageResult['ignored']];
    return { ...rest, matches, ignored };
  }

  summary(digest: string): ImageSummary | undefined {
    const row = this.#db.prepare('SELECT summary FROM image_results WHERE digest = ?').get(digest);
    return row === undefined ? undefined : (JSON.parse(String(row['summary'])) as ImageSummary);
  }

  #prune(): void {
    const old = this.#db
      .prepare('SELECT digest FROM image_sboms ORDER BY used DESC, digest LIMIT -1 OFFSET ?')
      .all(this.#maxImages);
    for (const { digest = '' } of old)
      this.#db.transaction(() => {
        for (const table of ['image_sboms', 'image_results', 'image_names'])
          this.#db.prepare(`DELETE FROM ${table} WHERE digest = ?`).run(digest);
      });
  }
}

function packed(value: unknown): Uint8Array {
  return gzipSync(JSON.stringify(value), { level: 1 });
}

function unpacked(row: Row): unknown {
  const { body } = row;
  return body instanceof Uint8Array ? JSON.parse(gunzipSync(body).toString('utf8')) : undefined;
}
