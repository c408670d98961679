import { StringDecoder } from 'node:string_decoder';
import { Agent, type Dispatcher, request } from 'undici';
import { messageOf, UnavailableError } from '../kit/app-error.ts';
import type { Credentials, KubeAccess } from './access.ts';
import { KubeError } from './kube-error.ts';

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
  /** The client certificate that the agent was made with. */
  #certificate: string | undefined;

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
    const body = await this.#send(asked, answerMs);
    return (await reached(this.#access.server, body.json())) as T;
  }

  /**
   * Creates, replaces, patches or deletes, and gives what the server made of it. Not tried again but for a token that ran out.
   *
   * @throws as {@link get}; a `KubeError` of status 409 says that another was quicker.
   */
  async write<T>(asked: KubeWrite): Promise<T> {
    const body = await this.#send(asked, answerMs);
    return (await reached(this.#access.server, body.json())) as T;
  }

  /**
   * Streams lines as they come: each yield is all whole lines of one piece, so that what the server sent at once can be
   * taken in at once. The first yield is empty and says that the server has accepted. Ends when the server closes.
   *
   * @throws as {@link get}; also when nothing comes for `idleMs`.
   */
  async *lines(asked: KubeRequest, idleMs: number): AsyncGenerator<readonly string[], void, undefined> {
    const body = await this.#send(asked, idleMs);
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

  async #send(asked: KubeRequest | KubeWrite, idleMs: number): Promise<Dispatcher.ResponseData['body']> {
    const first = await this.#try(asked, idleMs, false);
    if (first.statusCode < 300) return first.body;
    const refused = await errorOf(first, asked.path, this.#access.server);
    // A token may have run out early: once more with a fresh one.
    if (refused.status !== 401) throw refused;
    const second = await this.#try(asked, idleMs, true);
    if (second.statusCode < 300) return second.body;
    throw await errorOf(second, asked.path, this.#access.server);
  }

  async #try(
    asked: KubeRequest | KubeWrite,
    idleMs: number,
    renew: boolean,
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
      },
      ...(body === undefined ? {} : { body }),
      dispatcher: this.#agentFor(credentials),
      signal,
      headersTimeout: answerMs,
      bodyTimeout: idleMs,
    });
    return await reached(this.#access.server, sent);
  }

  #agentFor({ certificate, key }: Credentials): Agent {
    if (this.#agent !== undefined && this.#certificate === certificate) return this.#agent;
    const { ca, serverName, insecure } = this.#access.tls;
    // The old agent ends when the requests that use it do.
    void this.#agent?.close();
    this.#certificate = certificate;
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

function hintOf(code: unknown): string {
  switch (code) {
    case 'ECONNREFUSED':
      return '; is it running, and is the address in the kubeconfig right?';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return '; the name in the kubeconfig does not resolve';
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return '; its certificate is not of the authority in the kubeconfig';
    default:
      return '';
  }
}

async function errorOf(response: Dispatcher.ResponseData, path: string, server: string): Promise<KubeError> {
  const { statusCode, headers, body } = response;
  const text = await body.text().catch(() => '');
  const status = parseStatus(text);
  const retryAfter = Number(headers['retry-after']);
  const retryAfterMs = Number.isFinite(retryAfter) && retryAfter >= 0 ? retryAfter * 1000 : undefined;
  const said = status.message ?? (text.trim().slice(0, 200) || 'no explanation');
  const message = `${statusCode} from ${server}${path}: ${said}`;
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
