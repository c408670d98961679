import type { Clock } from '../../kit/clock.ts';
import { sleep } from '../../kit/sleep.ts';
import type { Logger } from '../../log/logger.ts';
import type { FloatHistogram } from '../../model/float-histogram.ts';
import { packSnappy } from '../../wire/snappy.ts';
import type { WrittenCounts } from '../../wire/write-headers.ts';
import type { Exemplar, RequestBuilder } from '../../wire/write-request.ts';
import type { QueueConfig } from '../config/queue-config.ts';
import { Batch, type KindCounts } from './batch.ts';
import { add, type QueueFigures } from './queue-figures.ts';
import type { WriteClient, WriteOutcome } from './write-client.ts';

export interface DeliveryOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly queue: QueueConfig;
  readonly client: Pick<WriteClient, 'send'>;
  readonly builder: RequestBuilder;
  readonly figures: QueueFigures;
}

/** `stop`: no more attempts. `cut`: the one under way is given up, too. */
export interface DeliverySignals {
  readonly stop: AbortSignal;
  readonly cut: AbortSignal;
}

type Refusal = Extract<WriteOutcome, { kind: 'refused' }>;

/** Gets one batch to the receiver, however often that takes. */
export class Delivery {
  readonly #options: DeliveryOptions;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** @returns whether every value was taken or given up; false when it was stopped before. */
  async deliver(batch: Batch, signals: DeliverySignals): Promise<boolean> {
    const { clock, queue, client, figures } = this.#options;
    let waitMs = queue.min_backoff;
    let left = this.#young(batch);
    let body = this.#body(left);
    for (let attempt = 0; ; attempt++) {
      const young = this.#young(left);
      if (young !== left) {
        left = young;
        body = this.#body(left);
      }
      if (left.length === 0) return true;
      const startMs = performance.now();
      add(figures.sent, left.counts);
      const outcome = await client.send(body, attempt, signals.cut);
      figures.took((performance.now() - startMs) / 1000);
      if (outcome.kind !== 'retry') {
        figures.bytes += body.length;
        if (outcome.kind === 'refused') return this.#refused(left, outcome, signals);
        this.#taken(left, outcome.written);
        return true;
      }
      if (signals.cut.aborted) return false;
      this.#failedOnce(left.counts, outcome.problem);
      if (signals.stop.aborted || !(await sleep(outcome.afterMs ?? waitMs, signals.stop, clock)))
        return false;
      waitMs = Math.min(waitMs * 2, queue.max_backoff);
    }
  }

  #failedOnce(counts: KindCounts, problem: string): void {
    const { figures, log, clock } = this.#options;
    add(figures.retried, counts);
    if (figures.problem !== problem) log.warn({ problem }, 'remote write failed; it is tried again');
    figures.wentWrong(problem, clock.now());
  }

  #taken(batch: Batch, written: WrittenCounts | undefined): void {
    const { figures, clock } = this.#options;
    figures.wasTaken(clock.now());
    this.#countMissing(batch.counts, written);
    for (let i = 0; i < batch.length; i++)
      if ((batch.timesMs[i] as number) > figures.highestSentMs)
        figures.highestSentMs = batch.timesMs[i] as number;
  }

  #countMissing(counts: KindCounts, written: WrittenCounts | undefined): void {
    if (written === undefined) return;
    const { failed } = this.#options.figures;
    failed.sample += Math.max(0, counts.sample - written.samples);
    failed.histogram += Math.max(0, counts.histogram - written.histograms);
    failed.exemplar += Math.max(0, counts.exemplar - written.exemplars);
  }

  /**
   * A receiver may take all of a request or nothing, and refuse one that holds what it has already. After a restart there are such:
   * what was taken and not acknowledged to us. They are taken apart, until what was sent before stands alone.
   */
  async #refused(batch: Batch, outcome: Refusal, signals: DeliverySignals): Promise<boolean> {
    const { figures, log, clock } = this.#options;
    const takesAllOrNothing = outcome.status === 400 && outcome.written === undefined;
    if (takesAllOrNothing && batch.hasResumed && batch.length > 1) {
      for (const half of halves(batch)) if (!(await this.deliver(half, signals))) return false;
      return true;
    }
    if (outcome.written === undefined) add(figures.failed, batch.counts);
    else this.#countMissing(batch.counts, outcome.written);
    // What was refused alone after a restart is what was sent before it: that is no problem.
    if (takesAllOrNothing && batch.hasResumed) return true;
    figures.wentWrong(outcome.problem, clock.now());
    log.error(
      { problem: outcome.problem, values: batch.length },
      'remote write was refused; the values are given up',
    );
    return true;
  }

  /** The values that are not too old to be sent: all of them where no age limit is set. */
  #young(batch: Batch): Batch {
    const { clock, queue, figures } = this.#options;
    const floorMs = clock.now() - queue.sample_age_limit;
    if (queue.sample_age_limit === 0 || !batch.hasBefore(floorMs)) return batch;
    const young = new Batch(batch.length);
    for (let i = 0; i < batch.length; i++) {
      if ((batch.timesMs[i] as number) >= floorMs) batch.copyTo(young, i);
      else figures.dropped.too_old[batch.kindAt(i)]++;
    }
    return young;
  }

  #body(batch: Batch): Buffer {
    const { builder } = this.#options;
    for (let i = 0; i < batch.length; i++) {
      const series = batch.series[i];
      if (series === undefined) continue;
      const atMs = batch.timesMs[i] as number;
      const kind = batch.kindAt(i);
      if (kind === 'sample')
        builder.sample(series, atMs, batch.words[i * 2] as number, batch.words[i * 2 + 1] as number);
      else if (kind === 'histogram')
        builder.histogram(series, atMs, batch.extras[i] as FloatHistogram | 'stale');
      else builder.exemplar(series, batch.extras[i] as Exemplar);
    }
    return packSnappy(builder.finish());
  }
}

/** In the order of the log, so that the samples of a series stay in theirs. */
function halves(batch: Batch): readonly [Batch, Batch] {
  const middle = batch.length >>> 1;
  const parts: [Batch, Batch] = [new Batch(middle), new Batch(batch.length - middle)];
  for (let i = 0; i < batch.length; i++) batch.copyTo(i < middle ? parts[0] : parts[1], i);
  return parts;
}
