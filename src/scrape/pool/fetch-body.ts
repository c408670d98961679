import { gunzip } from 'node:zlib';
import type { StreamingHttpClient } from '../../http/client.ts';
import type { ScrapeProtocol } from '../config/scrape-protocols.ts';
import { ScrapeError } from '../read/body-reader.ts';
import type { PoolConfig } from './pool-config.ts';

export type AnswerFormat = 'text' | 'openmetrics' | 'protobuf';

export interface Answer {
  readonly body: Buffer;
  readonly format: AnswerFormat;
}

/** Where `body_size_limit` says nothing, an answer may have so many bytes, unpacked. */
export const defaultBodyLimit = 128 * 1024 * 1024;

/** Bytes that all answers that are being read may take together, so that many bad targets cannot take all memory. */
export class BodyBudget {
  readonly #most: number;
  #used = 0;

  constructor(most = 256 * 1024 * 1024) {
    this.#most = most;
  }

  take(bytes: number): void {
    this.#used += bytes;
    if (this.#used <= this.#most) return;
    throw new ScrapeError(
      `the answers that are read at once have more than ${this.#most} bytes together`,
      'body',
    );
  }

  give(bytes: number): void {
    this.#used -= bytes;
  }
}

/** Asks for an answer. @throws {ScrapeError | HttpError} */
export async function fetchBody(
  client: StreamingHttpClient,
  what: {
    readonly url: string;
    readonly timeoutMs: number;
    readonly config: PoolConfig;
    readonly accept: string;
  },
  budget: BodyBudget,
  signal: AbortSignal,
): Promise<Answer> {
  const { config } = what;
  const reply = await client.open(
    {
      url: what.url,
      headers: {
        accept: what.accept,
        ...(config.enable_compression ? { 'accept-encoding': 'gzip' } : { 'accept-encoding': 'identity' }),
        'x-prometheus-scrape-timeout-seconds': String(what.timeoutMs / 1000),
      },
    },
    signal,
  );
  if (reply.status !== 200) {
    reply.body.destroy();
    throw new ScrapeError(`the server answered with HTTP status ${reply.status}`);
  }
  const format = formatOf(String(reply.headers['content-type'] ?? ''), config.fallback_scrape_protocol);
  if (typeof format !== 'string') {
    reply.body.destroy();
    throw format;
  }
  const limit = config.body_size_limit || defaultBodyLimit;
  const chunks: Buffer[] = [];
  let bytes = 0;
  let taken = 0;
  const take = (count: number): void => {
    taken += count;
    budget.take(count);
  };
  try {
    for await (const chunk of reply.body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > limit) throw tooLarge(limit);
      take(chunk.length);
      chunks.push(chunk);
    }
    const packed = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, bytes);
    const encoding = String(reply.headers['content-encoding'] ?? '').toLowerCase();
    if (encoding === '' || encoding === 'identity') return { body: packed, format };
    if (encoding !== 'gzip')
      throw new ScrapeError(`the answer is compressed with ${encoding}, which was not asked for`);
    const body = await unpacked(packed, limit);
    take(body.length);
    return { body, format };
  } finally {
    budget.give(taken);
    reply.body.destroy();
  }
}

function unpacked(packed: Buffer, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) =>
    gunzip(packed, { maxOutputLength: limit }, (error, body) => {
      if (error === null) resolve(body);
      else if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') reject(tooLarge(limit));
      else reject(new ScrapeError(`the gzip answer cannot be unpacked: ${error.message}`));
    }),
  );
}

function tooLarge(limit: number): ScrapeError {
  return new ScrapeError(`body_size_limit exceeded: the answer has more than ${limit} bytes`, 'body');
}

const mediaTypes: Readonly<Record<ScrapeProtocol, string>> = {
  PrometheusProto:
    'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited',
  'OpenMetricsText1.0.0': 'application/openmetrics-text;version=1.0.0',
  'OpenMetricsText0.0.1': 'application/openmetrics-text;version=0.0.1',
  'PrometheusText1.0.0': 'text/plain;version=1.0.0',
  'PrometheusText0.0.4': 'text/plain;version=0.0.4',
};

/** Formats that say how names are escaped. */
const escaping = new Set<ScrapeProtocol>(['PrometheusProto', 'OpenMetricsText1.0.0', 'PrometheusText1.0.0']);

/**
 * What is asked for, in order of preference.
 *
 * Source: https://prometheus.io/docs/instrumenting/content_negotiation/
 */
export function acceptHeader({
  scrape_protocols: protocols,
  metric_name_escaping_scheme: scheme,
}: PoolConfig): string {
  let weight = Object.keys(mediaTypes).length + 1;
  const parts = protocols.map((protocol) => {
    const escaped = escaping.has(protocol) ? `;escaping=${scheme}` : '';
    return `${mediaTypes[protocol]}${escaped};q=0.${weight--}`;
  });
  return [...parts, `*/*;q=0.${weight}`].join(',');
}

function formatOf(type: string, fallback: ScrapeProtocol | undefined): AnswerFormat | ScrapeError {
  const [media = '', ...parameters] = type
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  if (media === 'application/openmetrics-text') return 'openmetrics';
  if (media === 'text/plain') return 'text';
  if (media === 'application/vnd.google.protobuf') {
    const proto = parameters.find((part) => part.startsWith('proto='));
    const encoding = parameters.find((part) => part.startsWith('encoding='));
    if (proto === 'proto=io.prometheus.client.metricfamily' && encoding === 'encoding=delimited')
      return 'protobuf';
  }
  if (fallback !== undefined) {
    if (fallback === 'PrometheusProto') return 'protobuf';
    return fallback.startsWith('OpenMetrics') ? 'openmetrics' : 'text';
  }
  return new ScrapeError(
    type === ''
      ? 'the target sends no Content-Type, and no fallback_scrape_protocol is set for it'
      : `the target sends the Content-Type "${type.slice(0, 100)}", which is not supported, and no fallback_scrape_protocol is set for it`,
  );
}
