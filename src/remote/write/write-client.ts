import type { Readable } from 'node:stream';
import { RequestSigner } from '../../http/aws/request-signer.ts';
import { createHttpClient, type StreamingHttpClient } from '../../http/client.ts';
import { messageOf } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import { contentTypes, versions, type WrittenCounts, writtenHeaders } from '../../wire/write-headers.ts';
import type { RemoteWriteConfig } from '../config/remote-write-config.ts';

/** What became of a request. */
export type WriteOutcome =
  | { readonly kind: 'sent'; readonly written?: WrittenCounts }
  /** The same request may be taken later. */
  | { readonly kind: 'retry'; readonly problem: string; readonly afterMs?: number }
  /** The same request would be refused again. */
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly problem: string;
      readonly written?: WrittenCounts;
    };

/** Of what a receiver says is wrong, so much is told. */
const mostProblemChars = 1024;

/** Sends packed requests to one receiver, with the settings of its section. */
export class WriteClient {
  readonly #config: RemoteWriteConfig;
  readonly #clock: Clock;
  readonly #http: StreamingHttpClient;
  readonly #signer: RequestSigner | undefined;

  constructor(config: RemoteWriteConfig, clock: Clock) {
    this.#config = config;
    this.#clock = clock;
    this.#http = createHttpClient(config);
    if (config.sigv4) this.#signer = new RequestSigner(config.sigv4, this.#http, () => clock.now());
  }

  /** @param attempt 0 for the first */
  async send(body: Buffer, attempt: number, signal: AbortSignal): Promise<WriteOutcome> {
    const { url, protobuf_message: message, remote_timeout: timeoutMs } = this.#config;
    const giveUp = new AbortController();
    const cancel = this.#clock.timer(timeoutMs, () => giveUp.abort());
    const stop = (): void => giveUp.abort();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    const until = giveUp.signal;
    try {
      const headers = await this.#headers(body, attempt, until);
      const what = { url, method: 'POST', body, contentType: contentTypes[message], headers } as const;
      const reply = await this.#http.open(what, until);
      const problem = await readProblem(reply.body);
      return outcomeOf(this.#config, reply.status, reply.headers, problem, this.#clock.now());
    } catch (error) {
      return { kind: 'retry', problem: messageOf(error) };
    } finally {
      cancel();
      signal.removeEventListener('abort', stop);
    }
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  async #headers(body: Buffer, attempt: number, signal: AbortSignal): Promise<Record<string, string>> {
    const { headers: own, protobuf_message: message, url } = this.#config;
    const headers: Record<string, string> = {
      ...own,
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': versions[message],
      ...(attempt === 0 ? {} : { 'retry-attempt': String(attempt) }),
    };
    return this.#signer === undefined ? headers : this.#signer.headers({ url, body, headers }, signal);
  }
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

function outcomeOf(
  { protobuf_message: message, queue_config: queue }: RemoteWriteConfig,
  status: number,
  headers: Headers,
  body: string,
  nowMs: number,
): WriteOutcome {
  const written = writtenOf(headers);
  const problem = `HTTP ${status}${body === '' ? '' : `: ${body}`}`;
  if (status >= 200 && status < 300) {
    // Who takes version 2 says what was written; who does not say so took it for version 1, and wrote nothing.
    if (message === 'io.prometheus.write.v2.Request' && written === undefined) {
      const why = `the receiver answered ${status} but did not say what it wrote; it may know version 1.0 alone`;
      return { kind: 'refused', status, problem: why };
    }
    return { kind: 'sent', ...(written === undefined ? {} : { written }) };
  }
  if (status >= 500 || (status === 429 && queue.retry_on_http_429)) {
    const afterMs = retryAfterMs(headers['retry-after'], nowMs);
    return { kind: 'retry', problem, ...(afterMs === undefined ? {} : { afterMs }) };
  }
  return { kind: 'refused', status, problem, ...(written === undefined ? {} : { written }) };
}

function writtenOf(headers: Headers): WrittenCounts | undefined {
  const found = Object.fromEntries(
    Object.entries(writtenHeaders).map(([kind, header]) => [kind, headers[header]]),
  );
  if (Object.values(found).every((value) => value === undefined)) return undefined;
  const count = (kind: keyof WrittenCounts): number => {
    const number = Number(found[kind] ?? 0);
    return Number.isSafeInteger(number) && number >= 0 ? number : 0;
  };
  return { samples: count('samples'), histograms: count('histograms'), exemplars: count('exemplars') };
}

/** Seconds, or a date. Source: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
export function retryAfterMs(header: string | string[] | undefined, nowMs: number): number | undefined {
  const text = Array.isArray(header) ? header[0] : header;
  if (text === undefined || text === '') return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}

/** Reads the answer to its end, so that the connection can be used again; keeps its beginning. */
async function readProblem(body: Readable): Promise<string> {
  let text = '';
  for await (const chunk of body) if (text.length < mostProblemChars) text += String(chunk);
  return text.slice(0, mostProblemChars).trim();
}
