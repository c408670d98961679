import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { HttpClient, HttpReply, HttpRequest } from '../../http/client.ts';
import type { Clock } from '../../kit/clock.ts';
import { RegistryDeniedError, RegistryError } from '../image-error.ts';
import type { Challenge } from './challenge.ts';
import type { RegistryLogin } from './credentials.ts';
import { inTime } from './replies.ts';
import type { TargetGuard } from './target-guard.ts';

/** What a token lasts that does not say. Source: https://distribution.github.io/distribution/spec/auth/token/ */
const usualTokenMs = 60_000;

/** A token is asked for anew this long before it ends. */
const marginMs = 10_000;

/** Tokens for other scopes are kept up to so many; the oldest go. */
const maxTokens = 1000;

export interface AuthorizerOptions {
  /** Goes only where the guard lets it. */
  readonly client: HttpClient;
  readonly guard: TargetGuard;
  readonly clock: Clock;
  readonly registry: string;
}

/** The `Authorization` header that a registry's challenge asks for. Tokens are kept until they end. */
export class Authorizer {
  readonly #options: AuthorizerOptions;
  readonly #tokens = new Map<string, { readonly token: Promise<string>; untilMs: number }>();

  constructor(options: AuthorizerOptions) {
    this.#options = options;
  }

  /**
   * @param login undefined for nobody in particular.
   * @param isRefused whether what was given last was refused, so that another is needed.
   * @returns undefined when this login is of no use for the challenge.
   * @throws {RegistryDeniedError} when the token service refuses the login.
   */
  async header(
    challenge: Challenge,
    login: RegistryLogin | undefined,
    scope: string,
    isRefused: boolean,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    if (login?.kind === 'registry') return `Bearer ${login.token.reveal()}`;
    if (challenge.scheme === 'basic') return login?.kind === 'password' ? basicHeader(login) : undefined;
    const key = [challenge.realm, challenge.service, scope, idOf(login)].join(' ');
    const known = this.#tokens.get(key);
    const { clock } = this.#options;
    if (known !== undefined && !isRefused && clock.now() < known.untilMs) {
      // Whoever asked for it may leave before it comes.
      const token = await known.token.catch(() => undefined);
      signal.throwIfAborted();
      if (token !== undefined) return `Bearer ${token}`;
    }
    const entry = { token: Promise.resolve(''), untilMs: clock.now() + usualTokenMs };
    entry.token = this.#ask(challenge, login, scope, signal).then(({ token, lastsMs }) => {
      entry.untilMs = clock.now() + Math.max(lastsMs - marginMs, lastsMs / 2);
      return token;
    });
    this.#tokens.delete(key);
    this.#tokens.set(key, entry);
    for (const oldest of this.#tokens.keys()) {
      if (this.#tokens.size <= maxTokens) break;
      this.#tokens.delete(oldest);
    }
    try {
      return `Bearer ${await entry.token}`;
    } catch (error) {
      if (this.#tokens.get(key) === entry) this.#tokens.delete(key);
      throw error;
    }
  }

  async #ask(
    challenge: Extract<Challenge, { scheme: 'bearer' }>,
    login: RegistryLogin | undefined,
    scope: string,
    signal: AbortSignal,
  ): Promise<{ token: string; lastsMs: number }> {
    const { client, guard, clock, registry } = this.#options;
    const realm = urlOf(challenge.realm, registry);
    await guard.check(realm, 'sends for a token');
    const request = tokenRequest(realm, challenge.service, scope, login);
    const reply = await inTime(realm.host, clock, signal, (late) => client.request(request, late));
    if (reply.status === 401 || reply.status === 403)
      throw new RegistryDeniedError(
        `${realm.host} gives no token for ${registry}: it answered ${reply.status}`,
      );
    const read = tokenOf(reply);
    if (reply.status !== 200 || read === undefined)
      throw new RegistryError(
        `${realm.host} gives no token for ${registry}: it answered ${reply.status}`,
        reply.status,
      );
    return read;
  }
}

function tokenRequest(
  realm: URL,
  service: string,
  scope: string,
  login: RegistryLogin | undefined,
): HttpRequest {
  if (login?.kind === 'identity') {
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      service,
      ...(scope === '' ? {} : { scope }),
      client_id: 'skopos',
      refresh_token: login.token.reveal(),
    }).toString();
    return { url: realm.href, body, contentType: 'application/x-www-form-urlencoded' };
  }
  const url = new URL(realm);
  if (service !== '') url.searchParams.set('service', service);
  if (scope !== '') url.searchParams.append('scope', scope);
  if (login?.kind !== 'password') return { url: url.href };
  url.searchParams.set('account', login.username);
  return { url: url.href, headers: { authorization: basicHeader(login) } };
}

function basicHeader({ username, password }: Extract<RegistryLogin, { kind: 'password' }>): string {
  return `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString('base64')}`;
}

/** Tells logins apart without keeping what is secret of them. */
export function idOf(login: RegistryLogin | undefined): string {
  if (login === undefined) return '';
  const parts =
    login.kind === 'password' ? [login.username, login.password.reveal()] : [login.token.reveal()];
  return createHash('sha256')
    .update(JSON.stringify([login.kind, ...parts]))
    .digest('base64url');
}

function tokenOf({ body }: HttpReply): { token: string; lastsMs: number } | undefined {
  try {
    const read = JSON.parse(body) as Record<string, unknown>;
    const token = read['token'] ?? read['access_token'];
    const seconds = Number(read['expires_in']);
    if (typeof token !== 'string' || token === '') return undefined;
    return { token, lastsMs: seconds > 0 ? seconds * 1000 : usualTokenMs };
  } catch {
    return undefined;
  }
}

function urlOf(realm: string, registry: string): URL {
  try {
    return new URL(realm);
  } catch {
    throw new RegistryError(
      `${registry} asks for a token of "${realm.slice(0, 100)}", which is no address`,
      0,
    );
  }
}
