import type { HttpStream, StreamingHttpClient } from '../../http/client.ts';
import { HttpError } from '../../http/http-error.ts';
import { backoffMs } from '../../kit/backoff.ts';
import type { Clock } from '../../kit/clock.ts';
import { sleep } from '../../kit/sleep.ts';
import { RegistryBusyError, RegistryDeniedError, RegistryError } from '../image-error.ts';
import { Authorizer, idOf } from './authorizer.ts';
import { type Challenge, readChallenge } from './challenge.ts';
import type { FoundLogin } from './credentials.ts';
import { RegistryGate } from './registry-gate.ts';
import { headerOf, inTime, refusal, retryAfterOf } from './replies.ts';
import { TargetGuard } from './target-guard.ts';

export interface RegistryClientOptions {
  /** `https://registry-1.docker.io` */
  readonly origin: string;
  readonly maxConcurrent: number;
  readonly clock: Clock;
  /** Makes clients with the registry's TLS settings, that connect only where they may. */
  readonly connect: (mayConnect?: (address: string) => boolean) => StreamingHttpClient;
}

/** One thing that is asked of a registry. */
export interface Ask {
  readonly method?: 'GET' | 'HEAD';
  /** `/v2/…`, within the registry. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What a token is to be for: `repository:library/nginx:pull`. */
  readonly scope: string;
  readonly logins: (signal: AbortSignal) => Promise<readonly FoundLogin[]>;
  /** For errors: what is asked for. */
  readonly what: string;
}

/** A reply that was hoped for; `release` lets others ask, and is to be called when its body was read. */
export interface Answer {
  readonly stream: HttpStream;
  readonly release: () => void;
}

const maxTries = 4;
const maxRedirects = 5;
const retry = { initialMs: 300, maxMs: 5000 };

/** Requests to one registry: logged in as it asks, not too many at once, again when it was not its day, and never led astray. */
export class RegistryClient {
  readonly #options: RegistryClientOptions;
  readonly #host: string;
  readonly #gate: RegistryGate;
  readonly #guard: TargetGuard;
  readonly #own: StreamingHttpClient;
  /** For where the registry sends us. */
  readonly #away: StreamingHttpClient;
  readonly #authorizer: Authorizer;
  #challenge: Challenge | undefined;
  /** Which login was good for what, so that those before it are not tried each time. */
  readonly #good = new Map<string, string>();

  constructor(options: RegistryClientOptions) {
    const { origin, maxConcurrent, clock, connect } = options;
    this.#options = options;
    this.#host = new URL(origin).host;
    this.#gate = new RegistryGate(this.#host, maxConcurrent, clock);
    this.#guard = new TargetGuard(origin);
    this.#own = connect();
    this.#away = connect(this.#guard.mayConnect);
    this.#authorizer = new Authorizer({
      client: this.#away,
      guard: this.#guard,
      clock,
      registry: this.#host,
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.#own.close(), this.#away.close()]);
  }

  /**
   * Asks until there is an answer: after broken connections, 5xx and 429 again, a few times.
   *
   * @throws {AppError} for every status but 2xx: not there, refused, busy, broken.
   */
  async ask(ask: Ask, signal: AbortSignal): Promise<Answer> {
    const { clock } = this.#options;
    for (let attempt = 0; ; attempt++) {
      const release = await this.#gate.enter(signal);
      let stream: HttpStream | undefined;
      try {
        stream = await this.#authorized(ask, signal);
        if (stream.status >= 200 && stream.status < 300) return { stream, release };
        const isLast = attempt + 1 === maxTries;
        await this.#refused(stream, ask, isLast, signal);
      } catch (error) {
        release();
        signal.throwIfAborted();
        if (!(error instanceof HttpError) || attempt + 1 === maxTries) throw asRegistryError(error);
      }
      release();
      await sleep(backoffMs(attempt, retry), signal, clock);
    }
  }

  /** Returns when it is worth another try. @throws when it is not. */
  async #refused(stream: HttpStream, ask: Ask, isLast: boolean, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const { status } = stream;
    const retryAfterMs = retryAfterOf(stream, clock.now());
    const isBusy = status === 429 || (status === 503 && retryAfterMs !== undefined);
    const error = await refusal(stream, ask.what, this.#host, clock, signal);
    if (isBusy) {
      const pauseMs = this.#gate.busy(retryAfterMs);
      if (!isLast) return;
      throw new RegistryBusyError(error.message, clock.now() + pauseMs);
    }
    // 501: it will not know the method the next time either.
    if (status < 500 || status === 501 || isLast) throw error;
  }

  /** Tries nobody's and each login's way until one is let in. */
  async #authorized(ask: Ask, signal: AbortSignal): Promise<HttpStream> {
    let stream: HttpStream | undefined;
    if (this.#challenge === undefined) {
      stream = await this.#send(ask, undefined, signal);
      if (stream.status !== 401) return stream;
      this.#challenge = readChallenge(headerOf(stream.headers['www-authenticate']));
      if (this.#challenge === undefined) return stream;
      stream.body.destroy();
      stream = undefined;
    }
    const challenge = this.#challenge;
    const logins = await this.#inOrder(ask, signal);
    let denied: unknown;
    for (const found of logins) {
      stream?.body.destroy();
      stream = undefined;
      try {
        stream = await this.#withLogin(ask, challenge, found, signal);
      } catch (error) {
        if (!(error instanceof RegistryDeniedError)) throw error;
        denied = error;
      }
      if (stream !== undefined && stream.status !== 401 && stream.status !== 403) {
        this.#remember(ask, found);
        return stream;
      }
    }
    stream?.body.destroy();
    const tried = logins.map((found) => found?.origin ?? 'nobody in particular').join(', ');
    const why = denied instanceof Error ? `; ${denied.message}` : '';
    throw new RegistryDeniedError(`${this.#host} does not give ${ask.what} to ${tried}${why}`);
  }

  /** The logins that there are, and last nobody: what is public is given although a login is too old. */
  async #inOrder(ask: Ask, signal: AbortSignal): Promise<readonly (FoundLogin | undefined)[]> {
    const logins = [...(await ask.logins(signal)), undefined];
    const good = this.#good.get(ask.scope);
    const first = logins.find((found) => idOf(found?.login) === good);
    return first === undefined ? logins : [first, ...logins.filter((found) => found !== first)];
  }

  #remember(ask: Ask, found: FoundLogin | undefined): void {
    if (this.#good.size > 1000) this.#good.clear();
    if (found !== undefined) this.#good.set(ask.scope, idOf(found.login));
  }

  /** @returns undefined when the login is of no use here. */
  async #withLogin(
    ask: Ask,
    challenge: Challenge,
    found: FoundLogin | undefined,
    signal: AbortSignal,
  ): Promise<HttpStream | undefined> {
    for (const isRefused of [false, true]) {
      const header = await this.#authorizer.header(challenge, found?.login, ask.scope, isRefused, signal);
      if (header === undefined && challenge.scheme === 'basic' && found !== undefined) return undefined;
      const stream = await this.#send(ask, header, signal);
      // A token may have been taken back before its time.
      if (stream.status !== 401 || isRefused || challenge.scheme === 'basic') return stream;
      stream.body.destroy();
    }
    return undefined;
  }

  async #send(ask: Ask, authorization: string | undefined, signal: AbortSignal): Promise<HttpStream> {
    let url = new URL(ask.path, this.#options.origin);
    for (let hop = 0; ; hop++) {
      const isOwn = url.origin === this.#options.origin;
      // Credentials are for the registry alone, not for the storage that it sends us to.
      const login = isOwn && authorization !== undefined ? { authorization } : {};
      const client = isOwn ? this.#own : this.#away;
      const request = {
        url: url.href,
        method: ask.method ?? 'GET',
        headers: { ...ask.headers, ...login },
      };
      const stream = await inTime(url.host, this.#options.clock, signal, (late) =>
        client.open(request, late),
      );
      const location = headerOf(stream.headers['location']);
      if (![301, 302, 303, 307, 308].includes(stream.status) || location === '') return stream;
      stream.body.destroy();
      if (hop === maxRedirects)
        throw new RegistryError(
          `${this.#host} sends us from one place to the next for ${ask.what}`,
          stream.status,
        );
      url = targetOf(location, url, this.#host);
      await this.#guard.check(url, 'redirects');
    }
  }
}

function targetOf(location: string, from: URL, host: string): URL {
  try {
    return new URL(location, from);
  } catch {
    throw new RegistryError(`${host} redirects to "${location.slice(0, 100)}", which is no address`, 0);
  }
}

function asRegistryError(error: unknown): unknown {
  return error instanceof HttpError ? new RegistryError(error.message, 0, { cause: error }) : error;
}
