import { createHttpClient } from '../../http/client.ts';
import { messageOf } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import { sleep } from '../../kit/sleep.ts';
import type { HttpSdConfig } from '../config/http-sd-config.ts';
import { readTargetFile } from '../config/target-file.ts';
import type { DiscoveryKind, ReportFailure } from '../target-group.ts';
import { groupOf, replaced } from './static-kind.ts';

/** An answer larger than this is refused. */
const maxBytes = 32 * 1024 * 1024;

/**
 * Asks a URL for groups, again and again; what it found last stays while it cannot be asked.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/http_sd/
 */
export function httpKind(
  config: HttpSdConfig,
  { clock, report }: { readonly clock: Clock; readonly report: ReportFailure },
): DiscoveryKind {
  return {
    kind: 'http',
    async run(emit, signal) {
      const client = createHttpClient(config);
      let sources: ReadonlySet<string> = new Set();
      try {
        do {
          try {
            const text = await ask(client, config, signal);
            const found = readTargetFile(text, withoutCredentials(config.url)).map((group, index) =>
              groupOf(group, `${config.url}:${index}`, { __meta_url: config.url }),
            );
            const next = replaced(sources, found);
            sources = next.sources;
            report(undefined);
            emit(next.emitted);
          } catch (error) {
            if (!signal.aborted) report(messageOf(error));
          }
        } while (await sleep(config.refresh_interval, signal, clock));
      } finally {
        await client.close();
      }
    },
  };
}

async function ask(
  client: ReturnType<typeof createHttpClient>,
  config: HttpSdConfig,
  signal: AbortSignal,
): Promise<string> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(Math.max(1000, config.refresh_interval))]);
  const seconds = config.refresh_interval / 1000;
  const reply = await client.open(
    {
      url: config.url,
      headers: { accept: 'application/json', 'x-prometheus-refresh-interval-seconds': String(seconds) },
    },
    limit,
  );
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of reply.body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Error(`${withoutCredentials(config.url)}: more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  if (reply.status !== 200)
    throw new Error(
      `${withoutCredentials(config.url)}: the server answered with HTTP status ${reply.status}`,
    );
  const type = String(reply.headers['content-type'] ?? '');
  if (!/^application\/json(;|$|\s)/i.test(type))
    throw new Error(
      `${withoutCredentials(config.url)}: unsupported content type "${type}"; it must be application/json`,
    );
  return Buffer.concat(chunks).toString('utf8');
}

function withoutCredentials(text: string): string {
  const url = new URL(text);
  url.username = '';
  url.password = '';
  return url.href;
}
