import { setMaxListeners } from 'node:events';
import { join } from 'node:path';
import { messageOf } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import { sleep } from '../../kit/sleep.ts';
import type { Logger } from '../../log/logger.ts';
import { customBucketsSchema } from '../../model/float-histogram.ts';
import type { Labels } from '../../model/labels.ts';
import type { MetricMetadata } from '../../wire/write-request.ts';
import { WriteV1Builder } from '../../wire/write-v1.ts';
import { WriteV2Builder } from '../../wire/write-v2.ts';
import type { RemoteWriteConfig } from '../config/remote-write-config.ts';
import { type KindCounts, noCounts, type ValueKind } from './batch.ts';
import { Delivery } from './delivery.ts';
import { DesiredShards } from './desired-shards.ts';
import type { LinkedLog } from './linked-log.ts';
import { LogFollower } from './log-follower.ts';
import { type Position, PositionFile } from './position-file.ts';
import { QueueFigures, sumOf } from './queue-figures.ts';
import type { QueueName } from './queue-name.ts';
import { SendProgress, type Ticket } from './send-progress.ts';
import { type LoggedSeries, SentSeriesTable } from './sent-series-table.ts';
import { Shard } from './shard.ts';
import { WriteClient } from './write-client.ts';

export interface WriteQueueOptions {
  readonly name: QueueName;
  readonly config: RemoteWriteConfig;
  readonly externalLabels: Labels;
  readonly clock: Clock;
  readonly log: Logger;
  readonly links: LinkedLog;
  /** Where positions are kept. */
  readonly dir: string;
  /** Sent with each series in version 2. */
  readonly metadataOf: (name: string) => MetricMetadata | undefined;
}

/** How often the number of shards is thought about. */
const reshardMs = 10_000;
/** After a fault of our own the log is read again so much later. */
const restartMs = 5000;

/** Everything for one receiver: reads the log from where it was, and sends it in shards. */
export class WriteQueue {
  readonly options: WriteQueueOptions;
  readonly figures = new QueueFigures();
  readonly client: WriteClient;
  readonly #log: Logger;
  readonly #file: PositionFile;
  readonly #desired: DesiredShards;
  readonly #series: SentSeriesTable;
  readonly #delivery: Delivery;
  #progress: SendProgress | undefined;
  #shards: { readonly shard: Shard; readonly run: Promise<void> }[] = [];
  #ticket: Ticket | undefined;
  #wantedShards: number;
  #room: (() => void) | undefined;

  constructor(options: WriteQueueOptions) {
    this.options = options;
    const { config, clock, name } = options;
    this.#log = options.log.child({ queue: name.shown });
    this.#file = new PositionFile(join(options.dir, `${name.key}.position`));
    this.#desired = new DesiredShards(config.queue_config);
    this.#wantedShards = config.queue_config.min_shards;
    this.#series = new SentSeriesTable({
      externalLabels: options.externalLabels,
      rules: config.write_relabel_configs,
    });
    this.client = new WriteClient(config, clock);
    this.#delivery = new Delivery({
      clock,
      log: this.#log,
      queue: config.queue_config,
      client: this.client,
      // Each request is built in one go, so that all shards share the memory for it.
      builder:
        config.protobuf_message === 'prometheus.WriteRequest'
          ? new WriteV1Builder()
          : new WriteV2Builder(options.metadataOf),
      figures: this.figures,
    });
  }

  get shards(): number {
    return this.#shards.length;
  }

  get desiredShards(): number {
    return this.#desired.exact;
  }

  /** Values that were read and are not settled. */
  pending(): KindCounts {
    const counts = noCounts();
    for (const { shard } of this.#shards) shard.addPending(counts);
    return counts;
  }

  /** Before it everything is settled; undefined until the queue has begun. */
  get position(): Position | undefined {
    return this.#progress?.done;
  }

  /** Sends until aborted. Faults of our own are said, and what is not settled is read again. */
  async run(signal: AbortSignal): Promise<void> {
    do {
      try {
        await this.#runOnce(signal);
      } catch (error) {
        this.#log.error({ err: error }, 'remote write stopped; it begins again where it was');
        this.figures.wentWrong(messageOf(error), this.options.clock.now());
      }
    } while (!signal.aborted && (await sleep(restartMs, signal, this.options.clock)));
    this.#file.close();
    await this.client.close();
  }

  async #runOnce(outer: AbortSignal): Promise<void> {
    const { clock, links } = this.options;
    const stop = new AbortController();
    const signal = AbortSignal.any([outer, stop.signal]);
    // As many shards and waits as there may be listen to it.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', () => this.#room?.(), { once: true });
    links.sync();
    const follower = new LogFollower({
      clock,
      links,
      from: this.#progress?.done ?? this.#file.read(),
      series: (ref, labels, segment) => this.#series.add(ref, labels, segment),
      forget: (segment) => this.#series.forgetBefore(segment),
      begin: (end, isResumed) => this.#begin(end, isResumed),
      end: () => this.#end(signal),
    });
    const startPosition = await follower.start(signal);
    this.#progress = new SendProgress(startPosition);
    this.#save();
    this.#startShards(this.#wantedShards, signal);
    const resharding = this.#reshardNowAndThen(signal);
    try {
      await follower.run(signal);
    } finally {
      stop.abort();
      await Promise.all([...this.#shards.map(({ run }) => run), resharding]);
      this.#shards = [];
      this.#save();
    }
  }

  #startShards(count: number, signal: AbortSignal): void {
    const { clock, config } = this.options;
    const { queue_config: queue } = config;
    const progress = this.#progress;
    if (progress === undefined) return;
    this.#shards = Array.from({ length: count }, () => {
      const shard = new Shard({
        clock,
        capacity: queue.capacity,
        batchLength: queue.max_samples_per_send,
        deadlineMs: queue.batch_send_deadline,
        delivery: this.#delivery,
        progress,
        settled: () => this.#settled(),
      });
      return { shard, run: shard.run(signal) };
    });
  }

  #begin(end: Position, isResumed: boolean) {
    const ticket = this.#progress?.open(end, isResumed);
    this.#ticket = ticket;
    const { send_exemplars: exemplars, send_native_histograms: histograms } = this.options.config;
    if (ticket === undefined) return { sample: () => {} };
    const sample = (ref: number, atMs: number, high: number, low: number): void => {
      const series = this.#seriesOf(ref, 'sample', atMs);
      if (series === undefined) return;
      const shard = this.#shardOf(series, ticket);
      shard.batch.addSample(series, ticket, atMs, high, low);
      shard.filled();
    };
    return {
      sample,
      ...(histograms ? { histogram: this.#histograms(ticket) } : {}),
      ...(exemplars ? { exemplar: this.#exemplars(ticket) } : {}),
    };
  }

  #histograms(
    ticket: Ticket,
  ): (ref: number, atMs: number, value: Parameters<Shard['batch']['addHistogram']>[3]) => void {
    const isFirstVersion = this.options.config.protobuf_message === 'prometheus.WriteRequest';
    return (ref, atMs, value) => {
      const series = this.#seriesOf(ref, 'histogram', atMs);
      if (series === undefined) return;
      if (isFirstVersion && value !== 'stale' && value.schema === customBucketsSchema) {
        this.figures.dropped.nhcb_in_rw1_not_supported.histogram++;
        return;
      }
      const shard = this.#shardOf(series, ticket);
      shard.batch.addHistogram(series, ticket, atMs, value);
      shard.filled();
    };
  }

  #exemplars(ticket: Ticket): (ref: number, exemplar: Parameters<Shard['batch']['addExemplar']>[2]) => void {
    return (ref, exemplar) => {
      const series = this.#seriesOf(ref, 'exemplar', exemplar.atMs);
      if (series === undefined) return;
      const shard = this.#shardOf(series, ticket);
      shard.batch.addExemplar(series, ticket, exemplar);
      shard.filled();
    };
  }

  /** The series as it is sent; undefined, and counted, where it is not. */
  #seriesOf(ref: number, kind: ValueKind, atMs: number): LoggedSeries | undefined {
    const { figures, options } = this;
    figures.read[kind]++;
    if (atMs > figures.highestReadMs) figures.highestReadMs = atMs;
    const limitMs = options.config.queue_config.sample_age_limit;
    if (limitMs > 0 && atMs < options.clock.now() - limitMs) {
      figures.dropped.too_old[kind]++;
      return undefined;
    }
    const series = this.#series.get(ref);
    if (series === 'dropped') figures.dropped.dropped_series[kind]++;
    else if (series === undefined) figures.dropped.unintentionally_dropped_series[kind]++;
    else return series;
    return undefined;
  }

  #shardOf(series: LoggedSeries, ticket: Ticket): Shard {
    ticket.open++;
    const found = this.#shards[series.hash % this.#shards.length];
    if (found === undefined) throw new Error('a value was read while no shard was at work');
    return found.shard;
  }

  /** The record has been handed out: the next is read when there is room, and the shards are as many as they should be. */
  #end(signal: AbortSignal): Promise<void> | undefined {
    if (this.#ticket !== undefined) this.#progress?.close(this.#ticket);
    this.#ticket = undefined;
    const mustWait = this.#shards.some(({ shard }) => shard.isFull);
    if (mustWait) this.figures.waits++;
    if (this.#wantedShards !== this.#shards.length) return this.#reshard(signal);
    return mustWait ? this.#waitForRoom(signal) : undefined;
  }

  async #waitForRoom(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.#shards.some(({ shard }) => shard.isFull)) {
      await new Promise<void>((resolve) => {
        this.#room = resolve;
      });
    }
  }

  /** What waits is sent before other shards begin, so that the samples of a series stay in order. */
  async #reshard(signal: AbortSignal): Promise<void> {
    for (const { shard } of this.#shards) shard.stop();
    await Promise.all(this.#shards.map(({ run }) => run));
    if (!signal.aborted) this.#startShards(this.#wantedShards, signal);
  }

  async #reshardNowAndThen(signal: AbortSignal): Promise<void> {
    const { clock } = this.options;
    while (await sleep(reshardMs, signal, clock)) {
      const { figures } = this;
      const wanted = this.#desired.next(
        {
          read: sumOf(figures.read),
          dropped: Object.values(figures.dropped).reduce((sum, counts) => sum + sumOf(counts), 0),
          settled: sumOf(figures.sent) - sumOf(figures.retried),
          sendSeconds: figures.requestSeconds,
          delaySeconds: Math.max(0, figures.highestReadMs - figures.highestSentMs) / 1000,
        },
        reshardMs / 1000,
        this.#shards.length,
      );
      // More shards would not help while nothing is taken.
      const isTaking = (figures.lastSentMs ?? 0) >= clock.now() - reshardMs;
      if (wanted === this.#shards.length || !isTaking) continue;
      this.#log.info({ shards: wanted, before: this.#shards.length }, 'remote write changes its shards');
      this.#wantedShards = wanted;
    }
  }

  #settled(): void {
    this.#save();
    this.#room?.();
    this.#room = undefined;
  }

  #save(): void {
    const done = this.#progress?.done;
    if (done === undefined) return;
    try {
      this.#file.write(done);
    } catch (error) {
      this.figures.wentWrong(`the position cannot be kept: ${messageOf(error)}`, this.options.clock.now());
    }
  }
}
