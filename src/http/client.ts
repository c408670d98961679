import type { Readable } from 'node:stream';
import { Agent, type Dispatcher, EnvHttpProxyAgent, ProxyAgent, request } from 'undici';
import { messageOf } from '../kit/app-error.ts';
import type { HttpClientConfig } from './client-config.ts';
import { basicHeader, headersOf, type TlsOptions, tlsOptions } from './client-files.ts';
import { type Answer, exchange } from './exchange.ts';
import { guardedLookup } from './guarded-lookup.ts';
import { HttpError } from './http-error.ts';
import { bypassesProxy } from './no-proxy.ts';
import { TokenSource, tokenClientConfig } from './oauth2.ts';

export { type TlsOptions, tlsOptions } from './client-files.ts';
export { HttpError } from './http-error.ts';

export interface HttpReply {
  readonly status: number;
  /** At most {@link maxReplyBytes}; the rest is dropped. */
  readonly body: string;
  /** Milliseconds from the `retry-after` header, where there is one. */
  readonly retryAfterMs?: number;
}

export interface HttpRequest {
  readonly url: string;
  /** `POST` when there is a body, else `GET`. */
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: string | Uint8Array;
  /** `application/json` when left out. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HttpPost extends HttpRequest {
  readonly body: string | Uint8Array;
}

/** Outgoing HTTP as one `http_config` says. Keeps connections; close it when done. */
export interface HttpClient {
  /**
   * Resolves for every status.
   *
   * @throws {HttpError} when no reply came or a file of the settings cannot be read.
   */
  request(what: HttpRequest, signal: AbortSignal): Promise<HttpReply>;
  /** The same, with a body. */
  post(what: HttpPost, signal: AbortSignal): Promise<HttpReply>;
  close(): Promise<void>;
}

/** A reply whose body has not been read; whoever has it reads it to its end, or destroys it. */
export interface HttpStream {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readable;
}

export interface StreamingHttpClient extends HttpClient {
  /**
   * As {@link HttpClient.request}, for replies of any size.
   *
   * @throws {HttpError} when no reply came or a file of the settings cannot be read.
   */
  open(what: HttpRequest, signal: AbortSignal): Promise<HttpStream>;
}

/** More of a reply than this is not read. */
export const maxReplyBytes = 64 * 1024;

const maxRedirects = 10;
const connectTimeoutMs = 10_000;

export interface HttpClientOptions {
  /**
   * How long a connection that nothing goes over is kept, unless the server says that it closes it sooner; 4 s when left out.
   * With it, a GET is sent again, once, when the connection turns out to be closed.
   */
  readonly keepAliveMs?: number;
  /** Which addresses a host name may lead to; all when left out. Addresses that stand in the URL are for the caller to look at. */
  readonly mayConnect?: (address: string) => boolean;
}

/** A client that calls only what it is asked to; files of the settings are read again at each request, so that they can be renewed. */
export function createHttpClient(
  config: HttpClientConfig = {} as HttpClientConfig,
  options: HttpClientOptions = {},
): StreamingHttpClient {
  const { keepAliveMs } = options;
  let kept:
    | { readonly key: string; readonly direct: Agent; readonly proxied: Dispatcher | undefined }
    | undefined;

  async function dispatcherFor(url: URL): Promise<Dispatcher> {
    const tls = await tlsOptions(config.tls_config ?? undefined);
    const key = JSON.stringify(tls);
    if (kept?.key !== key) {
      const old = kept;
      kept = { key, ...agents(config, tls, options) };
      if (old !== undefined) void Promise.all([old.direct.close(), old.proxied?.close()]).catch(() => {});
    }
    if (kept.proxied === undefined || bypassesProxy(url, config.no_proxy ?? '')) return kept.direct;
    return kept.proxied;
  }

  const tokens = config.oauth2
    ? new TokenSource(config.oauth2, createHttpClient(tokenClientConfig(config.oauth2)))
    : undefined;

  // Most clients ask for one address again and again.
  let parsed: { readonly text: string; readonly url: URL } | undefined;
  function urlOf(text: string): URL {
    if (parsed?.text !== text) parsed = { text, url: parseUrl(text) };
    return parsed.url;
  }

  async function send<Reply extends Head>(
    what: HttpRequest,
    signal: AbortSignal,
    way: Way<Reply>,
  ): Promise<Sent<Reply>> {
    let url = urlOf(what.url);
    const origin = url.origin;
    const credentials = await headersOf(config);
    if (tokens !== undefined) credentials['authorization'] = `Bearer ${await tokens.token(signal)}`;
    let body = what.body ?? null;
    let method = what.method ?? (body === null ? 'GET' : 'POST');
    for (let hop = 0; ; hop++) {
      // Credentials are for the configured host alone, not for where it redirects to.
      const own = url.origin === origin ? { ...what.headers, ...userInfoHeader(url), ...credentials } : {};
      const dispatcher = await dispatcherFor(url);
      const asked = {
        method,
        headers: {
          'user-agent': 'skopos',
          ...(body === null ? {} : { 'content-type': what.contentType ?? 'application/json' }),
          ...own,
        },
        body,
      };
      const ask = () => way.ask(dispatcher, withoutUserInfo(url), asked, signal);
      const reply = await ask().catch((error: unknown) => {
        const mayRepeat = keepAliveMs !== undefined && method === 'GET' && isClosed(error) && !signal.aborted;
        if (!mayRepeat) throw error;
        return ask();
      });
      const location = redirectTarget(reply.statusCode, reply.headers['location']);
      if (location === undefined || config.follow_redirects === false) return { reply, own };
      await way.drop(reply);
      if (hop === maxRedirects) throw new HttpError(`${url.host}: more than ${maxRedirects} redirects`);
      url = new URL(location, url);
      if (reply.statusCode < 307) {
        method = 'GET';
        body = null;
      }
    }
  }

  async function ask(what: HttpRequest, signal: AbortSignal): Promise<HttpReply> {
    const { reply, own } = await send(what, signal, whole);
    return withoutEcho(replyOf(reply), own);
  }

  async function open(what: HttpRequest, signal: AbortSignal): Promise<HttpStream> {
    const { reply } = await send(what, signal, streamed);
    // Whoever gives up on a reply destroys it, which is no error that anybody waits for.
    reply.body.on('error', () => {});
    return { status: reply.statusCode, headers: reply.headers, body: reply.body };
  }

  async function named<Reply>(
    work: (what: HttpRequest, signal: AbortSignal) => Promise<Reply>,
    what: HttpRequest,
    signal: AbortSignal,
  ): Promise<Reply> {
    try {
      return await work(what, signal);
    } catch (error) {
      if (error instanceof HttpError) throw error;
      throw new HttpError(`${hostOf(what.url)}: ${reasonOf(error, signal)}`);
    }
  }

  return {
    request: (what, signal) => named(ask, what, signal),
    post: (what, signal) => named(ask, what, signal),
    open: (what, signal) => named(open, what, signal),
    async close() {
      await tokens?.close();
      await Promise.all([kept?.direct.destroy(), kept?.proxied?.destroy()]);
      kept = undefined;
    },
  };
}

interface Sent<Reply> {
  readonly reply: Reply;
  /** The headers that may hold credentials. */
  readonly own: Readonly<Record<string, string>>;
}

type Head = Pick<Dispatcher.ResponseData, 'statusCode' | 'headers'>;

/** How a reply comes: with its body, or with a stream of it. */
interface Way<Reply extends Head> {
  ask(
    dispatcher: Dispatcher,
    url: URL,
    what: Omit<Dispatcher.DispatchOptions, 'origin' | 'path'>,
    signal: AbortSignal,
  ): Promise<Reply>;
  /** Of one that is not wanted. */
  drop(reply: Reply): Promise<void>;
}

const whole: Way<Answer> = {
  ask: (dispatcher, { origin, pathname, search }, what, signal) =>
    exchange(dispatcher, { ...what, origin, path: `${pathname}${search}` }, maxReplyBytes, signal),
  drop: () => Promise.resolve(),
};

const streamed: Way<Dispatcher.ResponseData> = {
  ask: (dispatcher, url, what, signal) => request(url, { ...what, dispatcher, signal }),
  drop: (reply) => reply.body.dump(),
};

/** Whether the other side closed a connection that was kept, before it could know of the request. */
function isClosed(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE';
}

function agents(
  config: HttpClientConfig,
  tls: TlsOptions,
  { keepAliveMs, mayConnect }: HttpClientOptions,
): { direct: Agent; proxied: Dispatcher | undefined } {
  const lookup = mayConnect === undefined ? {} : { lookup: guardedLookup(mayConnect) };
  const connect = { ...tls, ...lookup, timeout: connectTimeoutMs };
  const kept = keepAliveMs === undefined ? {} : { keepAliveTimeout: keepAliveMs };
  const direct = new Agent({ connect, connections: 16, ...kept });
  if (config.proxy_url) {
    const uri = new URL(config.proxy_url.includes('://') ? config.proxy_url : `http://${config.proxy_url}`);
    const headers = Object.fromEntries(
      Object.entries(config.proxy_connect_header ?? {}).map(([name, values]) => [
        name,
        values.map((value) => value.reveal()).join(', '),
      ]),
    );
    return { direct, proxied: new ProxyAgent({ uri: uri.href, requestTls: connect, headers }) };
  }
  if (config.proxy_from_environment) return { direct, proxied: new EnvHttpProxyAgent({ connect }) };
  return { direct, proxied: undefined };
}

function userInfoHeader(url: URL): Record<string, string> {
  if (url.username === '' && url.password === '') return {};
  return { authorization: basicHeader(decodeURIComponent(url.username), decodeURIComponent(url.password)) };
}

function withoutUserInfo(url: URL): URL {
  if (url.username === '' && url.password === '') return url;
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  return plain;
}

function parseUrl(text: string): URL {
  let url: URL | undefined;
  try {
    url = new URL(text);
  } catch {
    // Node's error carries the text, which may be a secret, so it is not kept as the cause.
  }
  if (url === undefined) throw new HttpError('the address to post to is not a valid URL');
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new HttpError(`cannot post to a ${url.protocol}// address; use http:// or https://`);
  return url;
}

function hostOf(text: string): string {
  try {
    return new URL(text).host;
  } catch {
    return 'receiver';
  }
}

function reasonOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'no reply before the time-out';
  const cause = error instanceof Error && error.message === '' ? (error.cause ?? error) : error;
  // Node joins the failures of all addresses of a name in an AggregateError without a message.
  const inner = cause instanceof AggregateError ? cause.errors[0] : cause;
  return messageOf(inner);
}

function redirectTarget(status: number, location: string | string[] | undefined): string | undefined {
  if (![301, 302, 303, 307, 308].includes(status)) return undefined;
  return Array.isArray(location) ? location[0] : location;
}

function replyOf({ statusCode, headers, body }: Answer): HttpReply {
  const seconds = Number(headers['retry-after']);
  return {
    status: statusCode,
    body: body.toString('utf8'),
    ...(Number.isFinite(seconds) && seconds > 0 ? { retryAfterMs: seconds * 1000 } : {}),
  };
}

/** Where a service says no, it may quote the credentials that it was given, and what it says is shown to people. */
function withoutEcho(reply: HttpReply, sent: Readonly<Record<string, string>>): HttpReply {
  if (reply.status < 400) return reply;
  const secrets = Object.entries(sent)
    .filter(([name]) => name !== 'accept-language')
    .flatMap(([, value]) => [value, value.split(' ').at(-1) ?? ''])
    .filter((value) => value.length > 3);
  return { ...reply, body: secrets.reduce((body, value) => body.replaceAll(value, '<secret>'), reply.body) };
}
