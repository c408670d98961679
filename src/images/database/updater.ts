import { createHash } from 'node:crypto';
import { createWriteStream, mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { StreamingHttpClient } from '../../http/client.ts';
import { UnavailableError } from '../../kit/app-error.ts';
import { backoffMs } from '../../kit/backoff.ts';
import { type Clock, systemClock } from '../../kit/clock.ts';
import { VulnerabilityDatabaseError } from './database-error.ts';
import { install, partPath, readCheckNote, sweep, writeCheckNote } from './install.ts';
import { type Listing, listingUrl, readListing } from './listing.ts';
import type { VulnerabilityDatabase } from './vulnerability-database.ts';

export interface UpdaterOptions {
  readonly database: VulnerabilityDatabase;
  /** Of the listing, or of the base below which it lies. */
  readonly url: string;
  /** Tried in order when the one before does not answer. */
  readonly mirrors?: readonly string[];
  readonly client: StreamingHttpClient;
  /** Least time between two looks at the listing. */
  readonly checkEveryMs?: number;
  readonly clock?: Clock;
  readonly onProgress?: (progress: UpdateProgress) => void;
}

export interface UpdateProgress {
  readonly phase: 'listing' | 'download' | 'prepare';
  readonly bytesDone: number;
  /** 0 where it is not told. */
  readonly bytes: number;
}

export interface UpdateResult {
  /** `early`: it was asked for again before its time, and nothing was called. */
  readonly outcome: 'updated' | 'current' | 'early';
  readonly listing?: Listing;
  /** What people should know, such as that the listing is of a model that ends. */
  readonly warnings: readonly string[];
}

const hourMs = 3_600_000;
const listingTimeoutMs = 30_000;
const downloadTimeoutMs = 15 * 60_000;
/** More than any archive has, by far. */
const mostBytes = 8 * 1024 ** 3;

/** Keeps a folder's database as new as its listing. Calls nobody but the addresses it is given. */
export class DatabaseUpdater {
  readonly #options: UpdaterOptions;
  readonly #clock: Clock;
  readonly #urls: readonly string[];
  #running: Promise<UpdateResult> | undefined;

  /** @throws {BadInputError} when an address is none. */
  constructor(options: UpdaterOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#urls = [options.url, ...(options.mirrors ?? [])].map(listingUrl);
  }

  /** Unix ms of when {@link update} next asks the listing. */
  get nextAtMs(): number {
    return readCheckNote(this.#options.database.folder).notBeforeMs;
  }

  /**
   * Gets a newer database where there is one. Two calls at once are one.
   *
   * @param isForced asks at once, whenever it was last asked
   * @throws {UnavailableError} when nobody answers, with when to try again
   * @throws {VulnerabilityDatabaseError} when what came is none: what was there stays.
   */
  update(signal: AbortSignal, isForced = false): Promise<UpdateResult> {
    this.#running ??= this.#update(signal, isForced).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** What the listing has, without getting it. @throws {UnavailableError} {VulnerabilityDatabaseError} as {@link update}. */
  async check(signal: AbortSignal): Promise<Listing> {
    const problems: string[] = [];
    let retryAfterMs = 0;
    for (const url of this.#urls) {
      try {
        return await this.#listingAt(url, signal);
      } catch (error) {
        if (!(error instanceof Error) || signal.aborted) throw error;
        problems.push(error.message);
        if (error instanceof BusyError) retryAfterMs = Math.max(retryAfterMs, error.retryAfterMs);
      }
    }
    throw new BusyError(
      `no listing of vulnerability databases could be had: ${problems.join('; ')}`,
      retryAfterMs,
    );
  }

  async #update(signal: AbortSignal, isForced: boolean): Promise<UpdateResult> {
    const { database, checkEveryMs = 2 * hourMs } = this.#options;
    const { folder } = database;
    const now = this.#clock.now();
    const before = readCheckNote(folder);
    if (!isForced && now < before.notBeforeMs) return { outcome: 'early', warnings: [] };
    mkdirSync(folder, { recursive: true });
    await sweep(folder);
    try {
      const listing = await this.check(signal);
      const warnings = warningsOf(listing);
      const isNew = this.#isNew(listing);
      if (isNew) await this.#get(listing, signal);
      writeCheckNote(folder, { checkedAtMs: now, notBeforeMs: now + checkEveryMs, failures: 0 });
      return { outcome: isNew ? 'updated' : 'current', listing, warnings };
    } catch (error) {
      if (!signal.aborted) this.#noteFailure(now, before.failures, error);
      throw error;
    }
  }

  #noteFailure(now: number, failures: number, error: unknown): void {
    const askedMs = error instanceof BusyError ? error.retryAfterMs : 0;
    const waitMs = Math.max(askedMs, backoffMs(failures, { initialMs: 5 * 60_000, maxMs: 6 * hourMs }));
    writeCheckNote(this.#options.database.folder, {
      checkedAtMs: now,
      notBeforeMs: now + waitMs,
      failures: failures + 1,
    });
  }

  #isNew({ builtAtMs, checksum }: Listing): boolean {
    const status = this.#options.database.status();
    if (status.state === 'missing' || status.state === 'broken' || status.builtAtMs === 0) return true;
    return builtAtMs > status.builtAtMs && status.import?.digest !== checksum;
  }

  async #listingAt(url: string, signal: AbortSignal): Promise<Listing> {
    this.#tell('listing', 0, 0);
    const reply = await this.#options.client.request(
      { url, headers: { accept: 'application/json' } },
      AbortSignal.any([signal, AbortSignal.timeout(listingTimeoutMs)]),
    );
    if (reply.status !== 200) throw new BusyError(`${url} answered ${reply.status}`, reply.retryAfterMs ?? 0);
    return readListing(reply.body, url);
  }

  async #get(listing: Listing, signal: AbortSignal): Promise<void> {
    const { database } = this.#options;
    const importedAtMs = this.#clock.now();
    const part = partPath(database.folder, 'download', importedAtMs);
    try {
      await this.#download(listing, part, signal);
      this.#tell('prepare', 0, 0);
      await install(database.folder, part, { digest: listing.checksum, source: listing.url, importedAtMs });
    } finally {
      await rm(part, { force: true });
    }
    database.reload();
  }

  async #download({ url, checksum }: Listing, to: string, signal: AbortSignal): Promise<void> {
    const all = AbortSignal.any([signal, AbortSignal.timeout(downloadTimeoutMs)]);
    const reply = await this.#options.client.open({ url }, all);
    if (reply.status !== 200) {
      reply.body.destroy();
      const seconds = Number(reply.headers['retry-after']);
      throw new BusyError(`${url} answered ${reply.status}`, Number.isFinite(seconds) ? seconds * 1000 : 0);
    }
    const length = Number(reply.headers['content-length'] ?? 0);
    const hash = createHash('sha256');
    let bytesDone = 0;
    const count = new Transform({
      transform: (chunk: Uint8Array, _encoding, done) => {
        hash.update(chunk);
        bytesDone += chunk.length;
        this.#tell('download', bytesDone, Number.isFinite(length) ? length : 0);
        done(bytesDone > mostBytes ? new VulnerabilityDatabaseError(`${url} does not end`) : null, chunk);
      },
    });
    await pipeline(reply.body, count, createWriteStream(to), { signal: all });
    const found = `sha256:${hash.digest('hex')}`;
    if (found !== checksum)
      throw new VulnerabilityDatabaseError(
        `${url} is not what its listing says: its checksum is ${found}, expected ${checksum}`,
      );
  }

  #tell(phase: UpdateProgress['phase'], bytesDone: number, bytes: number): void {
    this.#options.onProgress?.({ phase, bytesDone, bytes });
  }
}

/** A server that answered, but not with what was asked. */
class BusyError extends UnavailableError {
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

function warningsOf({ status, url }: Listing): readonly string[] {
  if (status === 'active') return [];
  return [
    status === 'eol'
      ? `databases of this model are not made any more (${new URL(url).host}): the data will not get newer; a newer version of this program is needed`
      : `databases of this model will end soon (${new URL(url).host}): look for a newer version of this program`,
  ];
}
