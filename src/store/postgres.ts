import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectionOptions } from 'node:tls';
import type { Client, Pool, PoolClient, PoolConfig } from 'pg';
import { AppError, messageOf, UnavailableError } from '../kit/app-error.ts';
import type { Secret } from '../kit/secret.ts';

export type PostgresValue = string | number | boolean | null | readonly string[] | readonly (number | null)[];

/** Numbers for `float8` and `int4`, text for `int8` and `xid8`. */
export type PostgresRow = Readonly<Record<string, unknown>>;

export type PostgresQuery = (sql: string, values?: readonly PostgresValue[]) => Promise<PostgresRow[]>;

/** How to get in. */
export interface PostgresAccess {
  /** `postgresql://user:password@host:port/database`. */
  readonly url: Secret;
  /** Goes before what the address says of TLS. */
  readonly tls?: ConnectionOptions | undefined;
}

export interface PostgresOptions {
  /** Asked whenever connections are made anew, so that passwords and certificates may change. */
  readonly access: () => Promise<PostgresAccess>;
  /** What the database's own lists show of these connections. */
  readonly applicationName: string;
  /** No statement takes longer, the wait for a connection included; 2000 when left out. */
  readonly boundMs?: number;
}

const maxConnections = 4;
/** How often a connection that listens is asked for a sign of life. */
const listenCheckMs = 5000;

/**
 * One PostgreSQL database, or what speaks its protocol. Nothing takes longer than it may, even where the server hangs rather than
 * refuses: a statement that does is given up on both sides, with its connection.
 */
export class Postgres {
  readonly #options: PostgresOptions;
  readonly #boundMs: number;
  #pool: Promise<Pool> | undefined;
  #isClosed = false;

  constructor(options: PostgresOptions) {
    this.#options = options;
    this.#boundMs = options.boundMs ?? 2000;
  }

  /** @throws {UnavailableError} when the database cannot be reached, does not answer in time, or refuses. */
  async query(sql: string, values: readonly PostgresValue[] = []): Promise<PostgresRow[]> {
    return this.#bounded(this.#boundMs, async () => {
      const pool = await this.#open();
      return (await pool.query(sql, [...values])).rows as PostgresRow[];
    });
  }

  /**
   * All or nothing.
   *
   * @param boundMs how long all of it may take
   * @throws {UnavailableError} as {@link query}; and whatever `work` throws.
   */
  async transaction<Result>(
    boundMs: number,
    work: (query: PostgresQuery) => Promise<Result>,
  ): Promise<Result> {
    return this.#bounded(boundMs, async () => {
      const client: PoolClient = await (await this.#open()).connect();
      let fault: Error | undefined;
      try {
        await client.query('BEGIN');
        const result = await work(async (sql, values = []) => {
          const text = { text: sql, values: [...values], query_timeout: boundMs };
          return (await client.query(text)).rows as PostgresRow[];
        });
        await client.query('COMMIT');
        return result;
      } catch (error) {
        fault = error instanceof Error ? error : new Error(String(error));
        throw error;
      } finally {
        // With a fault the connection is not used again, which undoes what it had begun.
        client.release(fault);
      }
    });
  }

  /**
   * Hears what is sent to the channel by `pg_notify`, on a connection of its own.
   *
   * @param heard called with each payload, and once with '' when it listens: what came before was missed.
   * @returns when `signal` aborts
   * @throws {UnavailableError} when the connection cannot be made, breaks, or hangs.
   */
  async listen(channel: string, heard: (payload: string) => void, signal: AbortSignal): Promise<void> {
    const { Client: PgClient } = (await import('pg')).default;
    const client: Client = new PgClient(await this.#settings());
    const broken = new Promise<never>((_resolve, reject) => {
      client.on('error', reject);
      client.on('end', () => reject(new Error('the connection ended')));
    });
    // Rejects when nobody waits any more, too.
    broken.catch(() => undefined);
    client.on('notification', ({ payload = '' }) => heard(payload));
    try {
      await this.#bounded(2 * this.#boundMs, async () => {
        await client.connect();
        await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
      });
      heard('');
      while (!signal.aborted) {
        await Promise.race([broken, pause(listenCheckMs, undefined, { signal }).catch(() => undefined)]);
        if (!signal.aborted) await client.query('SELECT 1');
      }
    } catch (error) {
      throw unavailable(error);
    } finally {
      await leave(client);
    }
  }

  /** Lets go of every connection; the next statement makes new ones, with the credentials of then. */
  reset(): void {
    // Connections in use end when their statement does.
    void this.#pool?.then((open) => open.end()).catch(() => undefined);
    this.#pool = undefined;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const pool = this.#pool;
    this.#pool = undefined;
    const ended = pool?.then((open) => open.end()).catch(() => undefined);
    await Promise.race([ended, pause(this.#boundMs, undefined, { ref: false })]);
  }

  #open(): Promise<Pool> {
    if (this.#isClosed) throw new UnavailableError('the database was closed');
    if (this.#pool === undefined) {
      const made = this.#make();
      // One that could not be made is not kept.
      made.catch(() => {
        if (this.#pool === made) this.#pool = undefined;
      });
      this.#pool = made;
    }
    return this.#pool;
  }

  async #make(): Promise<Pool> {
    const { Pool: PgPool } = (await import('pg')).default;
    const pool = new PgPool(await this.#settings());
    // A connection that ends while nobody uses it is replaced when it is needed.
    pool.on('error', () => undefined);
    return pool;
  }

  async #settings(): Promise<PoolConfig> {
    const { access, applicationName } = this.#options;
    const { url, tls } = await access();
    return {
      connectionString: url.reveal(),
      ...(tls === undefined ? {} : { ssl: tls }),
      application_name: applicationName,
      max: maxConnections,
      connectionTimeoutMillis: this.#boundMs,
      // The server gives up first where it lives, so that nothing is done after we have stopped waiting.
      statement_timeout: this.#boundMs,
      query_timeout: this.#boundMs + 250,
      idle_in_transaction_session_timeout: 10_000,
      idleTimeoutMillis: 30_000,
      keepAlive: true,
      allowExitOnIdle: true,
    };
  }

  async #bounded<Result>(boundMs: number, work: () => Promise<Result>): Promise<Result> {
    const stop = new AbortController();
    const late = pause(boundMs + 500, undefined, { signal: stop.signal, ref: false }).then(() => {
      throw new Error(`no answer within ${boundMs} ms`);
    });
    late.catch(() => undefined);
    try {
      return await Promise.race([work(), late]);
    } catch (error) {
      throw unavailable(error);
    } finally {
      stop.abort();
    }
  }
}

async function leave(client: Client): Promise<void> {
  client.removeAllListeners('notification');
  await Promise.race([client.end().catch(() => undefined), pause(250, undefined, { ref: false })]);
}

/** An error whose text has no part of the address but the host: what was thrown may hold the whole of it, so it is no cause. */
function unavailable(error: unknown): Error {
  if (error instanceof AppError) return error;
  // Several addresses of one name were tried; the first says what was wrong.
  const first = error instanceof AggregateError ? (error.errors[0] ?? error) : error;
  const { code, severity } = first as { readonly code?: unknown; readonly severity?: unknown };
  const text = messageOf(first);
  const isTyped = typeof severity === 'string' && typeof code === 'string';
  return new UnavailableError(`PostgreSQL: ${isTyped ? `${text} (${code})` : text}`);
}
