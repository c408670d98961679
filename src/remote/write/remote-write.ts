import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../kit/clock.ts';
import type { Component } from '../../kit/component.ts';
import { revealingJson } from '../../kit/secret.ts';
import { sleep } from '../../kit/sleep.ts';
import type { Logger } from '../../log/logger.ts';
import type { Labels } from '../../model/labels.ts';
import type { MetricFamily } from '../../model/metric.ts';
import type { FamilyMetadata } from '../../wire/write-request.ts';
import type { RemoteWriteConfig } from '../config/remote-write-config.ts';
import { FamilyTable, sendFamiliesNowAndThen } from './family-metadata.ts';
import { LinkedLog } from './linked-log.ts';
import { sumOf } from './queue-figures.ts';
import { queueMetrics, withoutUserInfo } from './queue-metrics.ts';
import { type QueueName, queueNames } from './queue-name.ts';
import { WriteQueue } from './write-queue.ts';

export interface RemoteWriteOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** The store's data directory, whose write-ahead log is sent. */
  readonly tsdbDir: string;
  /** Positions, and what the store dropped and is not sent yet; on the same file system as the store. */
  readonly dir: string;
  /** How long samples are kept: what was not sent by then is given up. */
  readonly retentionMs: number;
  /** What is known of metrics. */
  readonly metadata: () => Iterable<FamilyMetadata>;
}

/** One queue, for pages. Times are Unix ms. */
export interface QueueStatus {
  readonly name: string;
  /** Without credentials. */
  readonly url: string;
  readonly message: RemoteWriteConfig['protobuf_message'];
  /** `ok`, `behind` by more than a minute, `failing` since the last request, or `stopped` as a setting is not supported. */
  readonly state: 'ok' | 'behind' | 'failing' | 'stopped';
  /** '' when all is well. */
  readonly problem: string;
  readonly problemAtMs?: number;
  readonly lastSentMs?: number;
  readonly shards: number;
  readonly desiredShards: number;
  readonly maxShards: number;
  readonly pending: number;
  /** Of the log, not sent yet. */
  readonly waitingBytes: number;
  /** How far what was sent last is behind what was read last. */
  readonly delayMs: number;
  readonly sent: number;
  readonly failed: number;
  readonly retried: number;
  readonly dropped: number;
  readonly bytes: number;
}

interface Running {
  readonly queue: WriteQueue;
  readonly settings: string;
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

const syncMs = 1000;
const behindMs = 60_000;

/** Sends what the store takes to the receivers of `remote_write`. */
export class RemoteWrite implements Component {
  readonly name = 'remote-write';
  readonly #options: RemoteWriteOptions;
  readonly #families: FamilyTable;
  #links: LinkedLog | undefined;
  #configs: readonly RemoteWriteConfig[] = [];
  #externalLabels: Labels = {};
  readonly #running = new Map<string, Running>();
  /** Ends of queues that were stopped, by key: another of the same place begins after it. */
  readonly #ending = new Map<string, Promise<void>>();
  #signal: AbortSignal | undefined;

  constructor(options: RemoteWriteOptions) {
    this.#options = options;
    this.#families = new FamilyTable(options.metadata, options.clock);
  }

  /** Takes the place of all that was loaded. Queues that did not change run on; those that changed go on where they were. */
  load(configs: readonly RemoteWriteConfig[], externalLabels: Labels): void {
    this.#configs = configs;
    this.#externalLabels = externalLabels;
    if (this.#signal !== undefined) this.#apply(this.#signal);
  }

  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    this.#apply(signal);
    while (await sleep(syncMs, signal, this.#options.clock)) {
      this.#links?.sync();
      const first = Math.min(...[...this.#running.values()].map(({ queue }) => queue.position?.segment ?? 0));
      if (Number.isFinite(first)) this.#links?.release(first);
    }
    await Promise.all([...[...this.#running.values()].map(({ done }) => done), ...this.#ending.values()]);
  }

  /** Prometheus' series of remote write; none without a queue. */
  metrics(): MetricFamily[] {
    return queueMetrics(this.#queues());
  }

  status(): readonly QueueStatus[] {
    const names = queueNames(this.#configs);
    return this.#configs.map((config, i) => {
      const name = names[i] as QueueName;
      return statusOf(config, name, this.#running.get(name.key)?.queue, this.#links);
    });
  }

  #queues(): readonly WriteQueue[] {
    return [...this.#running.values()].map(({ queue }) => queue);
  }

  #apply(signal: AbortSignal): void {
    const names = queueNames(this.#configs);
    const wanted = new Map(this.#configs.map((config, i) => [(names[i] as QueueName).key, { config, i }]));
    for (const [key, { config }] of wanted) if (unsupported(config) !== '') wanted.delete(key);
    const settingsOf = (config: RemoteWriteConfig): string => revealingJson([config, this.#externalLabels]);
    for (const [key, { stop, done, settings }] of this.#running) {
      const next = wanted.get(key);
      if (next !== undefined && settingsOf(next.config) === settings) continue;
      stop.abort();
      this.#running.delete(key);
      const ended = done.finally(() => {
        if (this.#ending.get(key) === ended) this.#ending.delete(key);
      });
      this.#ending.set(key, ended);
    }
    this.#forget(new Set(wanted.keys()));
    if (wanted.size > 0 && this.#links === undefined) this.#links = this.#linkedLog();
    this.#links?.sync();
    for (const [key, { config, i }] of wanted) {
      if (!this.#running.has(key)) this.#start(names[i] as QueueName, config, settingsOf(config), signal);
    }
  }

  #linkedLog(): LinkedLog {
    const { tsdbDir, dir, retentionMs, clock, log } = this.#options;
    return new LinkedLog({
      walDir: join(tsdbDir, 'wal'),
      dir: join(dir, 'wal'),
      keptMs: retentionMs,
      now: () => clock.now(),
      log,
    });
  }

  #start(name: QueueName, config: RemoteWriteConfig, settings: string, outer: AbortSignal): void {
    const { clock, log, dir } = this.#options;
    const links = this.#links;
    if (links === undefined) return;
    const stop = new AbortController();
    const signal = AbortSignal.any([outer, stop.signal]);
    const queue = new WriteQueue({
      name,
      config,
      externalLabels: this.#externalLabels,
      clock,
      log,
      links,
      dir,
      metadataOf: (series) => this.#families.of(series),
    });
    const { client, figures } = queue;
    const before = this.#ending.get(name.key) ?? Promise.resolve();
    const done = before.then(async () => {
      const metadata = { clock, log, config, client, families: this.#families, figures };
      await Promise.all([queue.run(signal), sendFamiliesNowAndThen(metadata, signal)]);
    });
    this.#running.set(name.key, { queue, settings, stop, done });
    log.info({ queue: name.shown, url: withoutUserInfo(config.url) }, 'remote write begins');
  }

  /** Removes the positions of queues that are gone, and the kept log with the last of them. */
  #forget(keys: ReadonlySet<string>): void {
    const { dir } = this.#options;
    if (!existsSync(dir)) return;
    for (const name of readdirSync(dir)) {
      const [, key] = /^([0-9a-f]{16})\.position$/.exec(name) ?? [];
      if (key !== undefined && !keys.has(key)) rmSync(join(dir, name), { force: true });
    }
    if (keys.size > 0) return;
    this.#links = undefined;
    rmSync(join(dir, 'wal'), { recursive: true, force: true });
  }
}

/** Ways of signing that we do not have; '' where there is none. */
function unsupported({ azuread, google_iam: google }: RemoteWriteConfig): string {
  if (azuread) return 'azuread is not supported; this queue sends nothing';
  return google ? 'google_iam is not supported; this queue sends nothing' : '';
}

function statusOf(
  config: RemoteWriteConfig,
  name: QueueName,
  queue: WriteQueue | undefined,
  links: LinkedLog | undefined,
): QueueStatus {
  const figures = queue?.figures;
  const position = queue?.position;
  const missing = unsupported(config);
  const problem = missing || figures?.problem || links?.problem || '';
  const delayMs = figures === undefined ? 0 : Math.max(0, figures.highestReadMs - figures.highestSentMs);
  const hasBacklog = figures !== undefined && figures.highestSentMs > 0 && delayMs > behindMs;
  return {
    name: name.shown,
    url: withoutUserInfo(config.url),
    message: config.protobuf_message,
    state: missing !== '' ? 'stopped' : problem !== '' ? 'failing' : hasBacklog ? 'behind' : 'ok',
    problem,
    ...(figures?.lastProblemMs === undefined ? {} : { problemAtMs: figures.lastProblemMs }),
    ...(figures?.lastSentMs === undefined ? {} : { lastSentMs: figures.lastSentMs }),
    shards: queue?.shards ?? 0,
    desiredShards: queue?.desiredShards ?? 0,
    maxShards: config.queue_config.max_shards,
    pending: queue === undefined ? 0 : sumOf(queue.pending()),
    waitingBytes:
      position === undefined || links === undefined ? 0 : links.bytesFrom(position.segment, position.offset),
    delayMs: figures !== undefined && figures.highestSentMs > 0 ? delayMs : 0,
    sent: figures === undefined ? 0 : sumOf(figures.sent) - sumOf(figures.retried) - sumOf(figures.failed),
    failed: figures === undefined ? 0 : sumOf(figures.failed),
    retried: figures === undefined ? 0 : sumOf(figures.retried),
    dropped:
      figures === undefined
        ? 0
        : Object.values(figures.dropped).reduce((sum, counts) => sum + sumOf(counts), 0),
    bytes: figures?.bytes ?? 0,
  };
}
