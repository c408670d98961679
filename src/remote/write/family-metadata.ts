import type { Clock } from '../../kit/clock.ts';
import { sleep } from '../../kit/sleep.ts';
import type { Logger } from '../../log/logger.ts';
import { packSnappy } from '../../wire/snappy.ts';
import type { FamilyMetadata, MetricMetadata } from '../../wire/write-request.ts';
import { WriteV1Builder } from '../../wire/write-v1.ts';
import type { RemoteWriteConfig } from '../config/remote-write-config.ts';
import type { QueueFigures } from './queue-figures.ts';
import type { WriteClient } from './write-client.ts';

/** Endings that series of a family have and its name has not. */
const endings = /_(?:bucket|sum|count|total|created|info)$/;

/** What is known of metrics, looked up by the names of series; read from its source now and then. */
export class FamilyTable {
  readonly #source: () => Iterable<FamilyMetadata>;
  readonly #clock: Clock;
  readonly #everyMs: number;
  #families = new Map<string, FamilyMetadata>();
  #readMs = Number.NEGATIVE_INFINITY;

  constructor(source: () => Iterable<FamilyMetadata>, clock: Clock, everyMs = 60_000) {
    this.#source = source;
    this.#clock = clock;
    this.#everyMs = everyMs;
  }

  all(): readonly FamilyMetadata[] {
    this.#refresh();
    return [...this.#families.values()];
  }

  of(series: string): MetricMetadata | undefined {
    this.#refresh();
    return this.#families.get(series) ?? this.#families.get(series.replace(endings, ''));
  }

  #refresh(): void {
    const nowMs = this.#clock.now();
    if (nowMs - this.#readMs < this.#everyMs) return;
    this.#readMs = nowMs;
    this.#families = new Map();
    for (const { name, type, help, unit } of this.#source())
      if (!this.#families.has(name)) this.#families.set(name, { name, type, help, unit });
  }
}

export interface MetadataSenderOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly config: RemoteWriteConfig;
  readonly client: WriteClient;
  readonly families: FamilyTable;
  readonly figures: QueueFigures;
}

/** Version 1 has metadata in requests of its own, sent all over again at a steady pace; one that fails waits for the next round. */
export async function sendFamiliesNowAndThen(
  options: MetadataSenderOptions,
  signal: AbortSignal,
): Promise<void> {
  const { clock, config } = options;
  const { send, send_interval: everyMs } = config.metadata_config;
  if (!send || config.protobuf_message !== 'prometheus.WriteRequest') return;
  while (await sleep(everyMs, signal, clock)) await sendFamilies(options, signal);
}

async function sendFamilies(
  { clock, log, config, client, families, figures }: MetadataSenderOptions,
  signal: AbortSignal,
): Promise<void> {
  const most = config.metadata_config.max_samples_per_send;
  const { min_backoff: firstMs, max_backoff: lastMs } = config.queue_config;
  const all = families.all();
  const builder = new WriteV1Builder();
  for (let from = 0; from < all.length; from += most) {
    const part = all.slice(from, from + most);
    for (const family of part) builder.family(family);
    const body = packSnappy(builder.finish());
    figures.metadata.sent += part.length;
    let outcome = await client.send(body, 0, signal);
    for (let waitMs = firstMs; outcome.kind === 'retry' && waitMs <= lastMs; waitMs *= 2) {
      figures.metadata.retried += part.length;
      if (!(await sleep(outcome.afterMs ?? waitMs, signal, clock))) return;
      outcome = await client.send(body, 1, signal);
    }
    if (outcome.kind === 'sent') figures.metadata.bytes += body.length;
    else {
      figures.metadata.failed += part.length;
      log.warn(
        { problem: outcome.problem },
        'metadata was not taken by remote write; the next round tries again',
      );
    }
  }
}
