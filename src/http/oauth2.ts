import { Buffer } from 'node:buffer';
import { createPrivateKey, createSign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { messageOf } from '../kit/app-error.ts';
import type { HttpClient, HttpReply } from './client.ts';
import { type HttpClientConfig, jwtBearer, type OAuth2Config } from './client-config.ts';
import { HttpError } from './http-error.ts';

/** A token is asked for anew this long before it ends. */
const marginMs = 10_000;

/** How tokens are fetched: the TLS and proxy settings of `oauth2`, which are its own. */
export function tokenClientConfig(config: OAuth2Config): HttpClientConfig {
  const { tls_config, proxy_url, no_proxy, proxy_from_environment, proxy_connect_header } = config;
  return { tls_config, proxy_url, no_proxy, proxy_from_environment, proxy_connect_header };
}

/**
 * Tokens of OAuth 2.0 for a machine: client credentials (RFC 6749, 4.4) or a signed assertion (RFC 7523). One token serves until
 * it ends; requests that need one meanwhile wait for the same.
 */
export class TokenSource {
  readonly #config: OAuth2Config;
  readonly #client: HttpClient;
  readonly #now: () => number;
  #kept: { readonly token: string; readonly untilMs: number; readonly secret: string } | undefined;
  #asking: Promise<string> | undefined;
  /** RFC 6749 wants the header; some servers only read the body. What worked is kept. */
  #isInBody: boolean | undefined;

  constructor(config: OAuth2Config, client: HttpClient, now: () => number = Date.now) {
    this.#config = config;
    this.#client = client;
    this.#now = now;
  }

  /** @throws {HttpError} when none is given. */
  async token(signal: AbortSignal): Promise<string> {
    const secret = await this.#secret();
    if (this.#kept !== undefined && this.#kept.secret === secret && this.#now() < this.#kept.untilMs)
      return this.#kept.token;
    this.#asking ??= this.#ask(secret, signal).finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  /** Read again each time, so that it can be renewed. */
  async #secret(): Promise<string> {
    const config = this.#config;
    const isJwt = config.grant_type === jwtBearer;
    const inline = isJwt ? config.client_certificate_key : config.client_secret;
    const file = isJwt ? config.client_certificate_key_file : config.client_secret_file;
    if (inline || !file) return inline?.reveal() ?? '';
    try {
      return (await readFile(file, 'utf8')).trim();
    } catch (error) {
      const why = (error as NodeJS.ErrnoException).code ?? messageOf(error);
      throw new HttpError(
        `cannot read ${isJwt ? 'client_certificate_key_file' : 'client_secret_file'} ${file}: ${why}`,
      );
    }
  }

  async #ask(secret: string, signal: AbortSignal): Promise<string> {
    const reply = await this.#request(secret, signal);
    const host = new URL(this.#config.token_url ?? '').host;
    if (reply.status < 200 || reply.status >= 300)
      throw new HttpError(`${host}: the token endpoint answered ${reply.status}`);
    const { token, expiresInS } = readToken(reply.body);
    if (token === '') throw new HttpError(`${host}: the token endpoint gave no access_token`);
    const untilMs = expiresInS > 0 ? this.#now() + expiresInS * 1000 - marginMs : Number.POSITIVE_INFINITY;
    this.#kept = { token, untilMs, secret };
    return token;
  }

  async #request(secret: string, signal: AbortSignal): Promise<HttpReply> {
    const { client_id: id, grant_type: grant, scopes, endpoint_params: more } = this.#config;
    const scope = (scopes ?? []).join(' ');
    if (grant === jwtBearer) {
      const assertion = this.#assertion(secret, scope);
      return this.#post({ ...more, grant_type: jwtBearer, assertion }, {}, signal);
    }
    const form = { grant_type: 'client_credentials', ...(scope === '' ? {} : { scope }), ...more };
    const inHeader = () =>
      this.#post(
        form,
        {
          authorization: `Basic ${Buffer.from(
            `${encodeURIComponent(id ?? '')}:${encodeURIComponent(secret)}`,
          ).toString('base64')}`,
        },
        signal,
      );
    const inBody = () => this.#post({ ...form, client_id: id ?? '', client_secret: secret }, {}, signal);
    if (this.#isInBody !== undefined) return this.#isInBody ? inBody() : inHeader();
    const first = await inHeader();
    const isRefused = first.status >= 400 && first.status < 500;
    const reply = isRefused ? await inBody() : first;
    if (reply.status >= 200 && reply.status < 300) this.#isInBody = isRefused;
    return reply;
  }

  #post(form: Readonly<Record<string, string>>, headers: Record<string, string>, signal: AbortSignal) {
    return this.#client.post(
      {
        url: this.#config.token_url ?? '',
        body: new URLSearchParams(form).toString(),
        contentType: 'application/x-www-form-urlencoded',
        headers,
      },
      signal,
    );
  }

  #assertion(key: string, scope: string): string {
    const {
      client_id,
      client_certificate_key_id: kid,
      signature_algorithm,
      iss,
      audience,
      claims,
    } = this.#config;
    const algorithm = signature_algorithm || 'RS256';
    const atS = Math.floor(this.#now() / 1000);
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const head = part({ alg: algorithm, typ: 'JWT', ...(kid ? { kid } : {}) });
    const body = part({
      ...claims,
      iss: iss || client_id,
      sub: client_id,
      aud: audience || this.#config.token_url,
      ...(scope === '' ? {} : { scope }),
      iat: atS,
      exp: atS + 3600,
    });
    try {
      const signature = createSign(algorithm.replace('RS', 'RSA-SHA'))
        .update(`${head}.${body}`)
        .sign(createPrivateKey(key))
        .toString('base64url');
      return `${head}.${body}.${signature}`;
    } catch {
      // The reason may quote the key.
      throw new HttpError('client_certificate_key is not a private RSA key in PEM');
    }
  }
}

function readToken(body: string): { token: string; expiresInS: number } {
  let read: Record<string, unknown>;
  try {
    read = JSON.parse(body) as Record<string, unknown>;
  } catch {
    read = Object.fromEntries(new URLSearchParams(body));
  }
  const expires = Number(read['expires_in'] ?? 0);
  const token = read['access_token'];
  return {
    token: typeof token === 'string' ? token : '',
    expiresInS: Number.isFinite(expires) ? expires : 0,
  };
}
