import { createHash } from 'node:crypto';
import { StringDecoder } from 'node:string_decoder';
import { Agent, type Dispatcher, request } from 'undici';
import { messageOf, UnavailableError } from '../kit/app-error.ts';
import type { Credentials, KubeAccess } from './access.ts';
import { KubeError } from './kube-error.ts';
import { certificateNote, hintOf } from './reach-hints.ts';

export interface KubeRequest {
  /** From the root: `/api/v1/pods`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly accept?: string;
  readonly signal: AbortSignal;
}

/** Something to be written; without a body it is a delete. */
export interface KubeWrite extends Omit<KubeRequest, 'accept'> {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  /** Of a patch: `application/merge-patch+json` when left out. */
  readonly contentType?: string;
}

/** No answer within this long is a failure. */
const answerMs = 30_000;

/** One event of a watch is one line; a longer one is not an object of Kubernetes. */
const longestLine = 64 * 1024 * 1024;

/** Speaks with one API server. It writes only through {@link KubeClient.write}, which few have a use for. */
export class KubeClient {
  readonly #access: KubeAccess;
  #agent: Agent | undefined;
  /** The client certificate that the agent was made with, and its key. */
  #certificate: string | undefined;
  #key: string | undefined;
  #skewMs: number | undefined;

  constructor(access: KubeAccess) {
    this.#access = access;
  }

  /**
   * Gets one JSON document.
   *
   * @throws {KubeError} when the server refuses.
   * @throws {UnavailableError} when it cannot be reached.
   */
  async get<T>(asked: KubeRequest): Promise<T> {
    return (await this.getSized<T>(asked)).value;
  }

  /** As {@link get}, with the length of the document's text. */
  async getSized<T>(asked: KubeRequest): Promise<{ readonly value: T; readonly bytes: number }> {
    const { body } = await this.#send(asked, answerMs);
    const text = await reached(this.#access.server, body.text());
    return { value: this.#parsed<T>(text, asked.path), bytes: text.length };
  }

  /**
   * Gets one JSON document, or undefined when it is still the one that was given with `mark`; a server that gives no mark sends it
   * each time, and its text's length and digest serve as one.
   */
  async getUnlessSame(
    asked: KubeRequest,
    mark: string | undefined,
  ): Promise<{ readonly mark: string } | undefined> {
    const { body, headers, statusCode } = await this.#send(asked, answerMs, mark);
    const text = await reached(this.#access.server, body.text());
    if (statusCode === 304) return undefined;
    const tag = headers['etag'];
    const now = typeof tag === 'string' ? tag : createHash('sha256').update(text).digest('hex');
    return now === mark ? undefined : { mark: now };
  }

  /**
   * How far the server's clock is ahead of ours, in milliseconds, by the time that its last answer bears (which has whole
   * seconds); undefined before the first.
   */
  get clockSkewMs(): number | undefined {
    return this.#skewMs;
  }

  /**
   * Creates, replaces, patches or deletes, and gives what the server made of it. Not tried again but for a token that ran out.
   *
   * @throws as {@link get}; a `KubeError` of status 409 says that another was quicker.
   */
  async write<T>(asked: KubeWrite): Promise<T> {
    const { body } = await this.#send(asked, answerMs);
    return (await reached(this.#access.server, body.json())) as T;
  }

  /**
   * Streams lines as they come: each yield is all whole lines of one piece, so that what the server sent at once can be
   * taken in at once. The first yield is empty and says that the server has accepted. Ends when the server closes.
   *
   * @throws as {@link get}; also when nothing comes for `idleMs`.
   */
  async *lines(asked: KubeRequest, idleMs: number): AsyncGenerator<readonly string[], void, undefined> {
    const { body } = await this.#send(asked, idleMs);
    const decoder = new StringDecoder('utf8');
    let rest = '';
    try {
      yield [];
      for await (const piece of body) {
        const lines = (rest + decoder.write(piece as Buffer)).split('\n');
        rest = lines.pop() ?? '';
        if (rest.length > longestLine)
          throw new UnavailableError(`${this.#access.server} sent a line without end`);
        const whole = lines.filter((line) => line !== '');
        if (whole.length > 0) yield whole;
      }
    } catch (error) {
      throw asUnavailable(this.#access.server, error);
    } finally {
      body.on('error', () => undefined).destroy();
    }
  }

  async close(): Promise<void> {
    await this.#agent?.destroy();
    this.#agent = undefined;
  }

  #parsed<T>(text: string, path: string): T {
    try {
      return JSON.parse(text) as T;
    } catch (error) {
      const { server } = this.#access;
      throw new UnavailableError(
        `${server}${path} was answered with what is no JSON (${text.length} characters, cut off perhaps): ${messageOf(error)}`,
      );
    }
  }

  async #send(
    asked: KubeRequest | KubeWrite,
    idleMs: number,
    mark?: string,
  ): Promise<Dispatcher.ResponseData> {
    const first = await this.#try(asked, { idleMs, renew: false, mark });
    if (isAnswer(first, mark)) return first;
    const refused = await errorOf(first, asked.path, this.#access.server);
    // A token may have run out early: once more with a fresh one.
    if (refused.status !== 401) throw refused;
    const second = await this.#try(asked, { idleMs, renew: true, mark });
    if (isAnswer(second, mark)) return second;
    throw await errorOf(second, asked.path, this.#access.server, certificateNote(this.#certificate));
  }

  async #try(
    asked: KubeRequest | KubeWrite,
    {
      idleMs,
      renew,
      mark,
    }: { readonly idleMs: number; readonly renew: boolean; readonly mark: string | undefined },
  ): Promise<Dispatcher.ResponseData> {
    const { path, query = {}, signal } = asked;
    const accept = 'accept' in asked ? asked.accept : undefined;
    const { method, headers, body } = 'method' in asked ? contentOf(asked) : reading;
    const credentials = await this.#access.credentials(renew);
    const { authorization } = credentials;
    const sent = request(`${this.#access.server}${path}`, {
      method,
      query: { ...query },
      headers: {
        accept: accept ?? 'application/json',
        'user-agent': 'skopos',
        ...headers,
        ...(authorization === undefined ? {} : { authorization }),
        ...(mark === undefined ? {} : { 'if-none-match': mark }),
      },
      ...(body === undefined ? {} : { body }),
      dispatcher: this.#agentFor(credentials),
      signal,
      headersTimeout: answerMs,
      bodyTimeout: idleMs,
    });
    const answer = await reached(this.#access.server, sent);
    const dateMs = Date.parse(String(answer.headers['date'] ?? ''));
    // The header has no fractions: on average it is half a second old.
    if (Number.isFinite(dateMs)) this.#skewMs = dateMs + 500 - Date.now();
    return answer;
  }

  #agentFor({ certificate, key }: Credentials): Agent {
    if (this.#agent !== undefined && this.#certificate === certificate && this.#key === key)
      return this.#agent;
    const { ca, serverName, insecure } = this.#access.tls;
    // The old agent ends when the requests that use it do.
    void this.#agent?.close();
    this.#certificate = certificate;
    this.#key = key;
    this.#agent = new Agent({
      connect: {
        timeout: 10_000,
        keepAlive: true,
        rejectUnauthorized: !insecure,
        ...(ca === undefined ? {} : { ca }),
        ...(serverName === undefined ? {} : { servername: serverName }),
        ...(certificate === undefined ? {} : { cert: certificate }),
        ...(key === undefined ? {} : { key }),
      },
    });
    return this.#agent;
  }
}

interface Content {
  readonly method: 'GET' | KubeWrite['method'];
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

const reading: Content = { method: 'GET', headers: {} };

function contentOf({ method, body, contentType }: KubeWrite): Content {
  if (body === undefined) return { method, headers: {} };
  const type = contentType ?? (method === 'PATCH' ? 'application/merge-patch+json' : 'application/json');
  return { method, headers: { 'content-type': type }, body: JSON.stringify(body) };
}

function isAnswer({ statusCode }: Dispatcher.ResponseData, mark: string | undefined): boolean {
  return statusCode < 300 || (statusCode === 304 && mark !== undefined);
}

async function reached<T>(server: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw asUnavailable(server, error);
  }
}

function asUnavailable(server: string, error: unknown): Error {
  if (error instanceof UnavailableError || error instanceof KubeError) return error;
  const code = (error as { readonly code?: unknown }).code;
  const cause = error instanceof AggregateError ? error.errors[0] : error;
  const why = messageOf(cause) || String(code);
  return new UnavailableError(`cannot reach the API server ${server}: ${why}${hintOf(code)}`, {
    cause: error,
  });
}

async function errorOf(
  response: Dispatcher.ResponseData,
  path: string,
  server: string,
  note = '',
): Promise<KubeError> {
  const { statusCode, headers, body } = response;
  const text = await body.text().catch(() => '');
  const status = parseStatus(text);
  const retryAfter = Number(headers['retry-after']);
  const retryAfterMs = Number.isFinite(retryAfter) && retryAfter >= 0 ? retryAfter * 1000 : undefined;
  const said = status.message ?? (text.trim().slice(0, 200) || 'no explanation');
  const message = `${statusCode} from ${server}${path}: ${said}${note}`;
  return new KubeError(statusCode, status.reason ?? '', message, retryAfterMs);
}

function parseStatus(text: string): { readonly message?: string; readonly reason?: string } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
