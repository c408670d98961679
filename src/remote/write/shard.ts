import type { Clock } from '../../kit/clock.ts';
import { Batch, type KindCounts } from './batch.ts';
import type { Delivery } from './delivery.ts';
import { add } from './queue-figures.ts';
import type { SendProgress } from './send-progress.ts';

export interface ShardOptions {
  readonly clock: Clock;
  /** Values that it holds at most, but for those of one record of the log. */
  readonly capacity: number;
  readonly batchLength: number;
  /** How long values wait for a batch to become full. */
  readonly deadlineMs: number;
  readonly delivery: Pick<Delivery, 'deliver'>;
  readonly progress: SendProgress;
  /** Called when values were settled. */
  readonly settled: () => void;
}

/** How long a stop waits for the answer to a request under way. */
const flushMs = 5000;

/** Sends batches one after another, so that the samples of a series stay in order. */
export class Shard {
  readonly #options: ShardOptions;
  /** The first is under way. */
  readonly #full: Batch[] = [];
  readonly #spare: Batch[] = [];
  #filling: Batch;
  /** Whether what is being filled is to be sent as it is. */
  #isDue = false;
  #cancelDeadline: (() => void) | undefined;
  #isStopping = false;
  #wake: (() => void) | undefined;

  constructor(options: ShardOptions) {
    this.#options = options;
    this.#filling = new Batch(options.batchLength);
  }

  /** Adds how many values wait or are under way, by kind. */
  addPending(to: KindCounts): void {
    for (const batch of this.#full) add(to, batch.counts);
    add(to, this.#filling.counts);
  }

  get isFull(): boolean {
    const { capacity, batchLength } = this.#options;
    return this.#full.length * batchLength + this.#filling.length >= capacity;
  }

  /** Takes the next value; {@link filled} must be called after it has. */
  get batch(): Batch {
    return this.#filling;
  }

  filled(): void {
    if (this.#filling.isFull) {
      this.#close();
      this.#wake?.();
      return;
    }
    const { clock, deadlineMs } = this.#options;
    this.#cancelDeadline ??= clock.timer(deadlineMs, () => this.#flush());
  }

  /** Lets {@link run} end once everything that waits has been settled. */
  stop(): void {
    this.#isStopping = true;
    this.#flush();
  }

  /**
   * Sends until {@link stop}; or until aborted: then everything that waits is tried once more, and what is under way has a moment to be
   * answered. What is not settled by then is sent after a restart.
   */
  async run(signal: AbortSignal): Promise<void> {
    const cut = new AbortController();
    let cancelCut: (() => void) | undefined;
    const stop = (): void => {
      cancelCut = this.#options.clock.timer(flushMs, () => cut.abort());
      this.stop();
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    for (;;) {
      const batch = this.#next();
      if (batch !== undefined) {
        if (!(await this.#options.delivery.deliver(batch, { stop: signal, cut: cut.signal }))) break;
        this.#settle(batch);
      } else if (this.#isStopping) break;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
    signal.removeEventListener('abort', stop);
    cancelCut?.();
    this.#cancelDeadline?.();
  }

  #flush(): void {
    this.#isDue = true;
    this.#wake?.();
  }

  #next(): Batch | undefined {
    if (this.#full.length === 0 && this.#isDue && this.#filling.length > 0) this.#close();
    return this.#full[0];
  }

  /** What is being filled is to be sent, and another takes its place. */
  #close(): void {
    this.#full.push(this.#filling);
    this.#filling = this.#spare.pop() ?? new Batch(this.#options.batchLength);
    this.#isDue = this.#isStopping;
    this.#cancelDeadline?.();
    this.#cancelDeadline = undefined;
  }

  #settle(batch: Batch): void {
    const { progress, settled } = this.#options;
    for (const ticket of batch.tickets) progress.settle(ticket);
    this.#full.shift();
    batch.clear();
    if (this.#spare.length < 2) this.#spare.push(batch);
    settled();
  }
}
