import type { SourceChange } from '../source.ts';

export interface IntakeOptions {
  /** Takes changes in as one batch. Must not throw. */
  readonly apply: (changes: readonly SourceChange[]) => void;
  /** How much text of objects may wait; 4 MiB when left out. */
  readonly mostBytes?: number;
  /** How many objects may wait; 2000 when left out. */
  readonly mostObjects?: number;
}

/** Something that a watch said, not looked at yet. */
export interface Arrival {
  readonly key: string;
  /** Which watch it is of, as given to {@link Intake.settled}. */
  readonly stream: string;
  /** Unix ms at which it was noticed. */
  readonly atMs: number;
  readonly bytes: number;
  /** Made only when its turn comes: what is replaced before costs nothing more. `atMs`: when the first that it stands for came. */
  readonly change: (atMs: number) => SourceChange;
}

/** Changes taken in at once: judging them is one batch. */
const batchSize = 16;

/** After this long others get their turn: requests, timers, and the watches themselves. */
const sliceMs = 10;

/**
 * Where changes of all watches wait for their turn. Of an object that changes again while it waits, only the last state is taken
 * in, with the time of the first, so that a flood costs no more than its objects are many; what is replaced is counted. When it is
 * full, {@link push} gives a promise to wait for before more is read.
 */
export class Intake {
  readonly #options: IntakeOptions;
  /** In the order in which they are to be taken in. */
  readonly #waiting = new Map<string, Arrival>();
  readonly #perStream = new Map<string, number>();
  #bytes = 0;
  #coalesced = 0;
  #taken = 0;
  #isScheduled = false;
  #room: (() => void)[] = [];
  #settling: { readonly stream: string; readonly done: () => void }[] = [];

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** Objects that wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Changes that were replaced by a later one of the same object before their turn came. */
  get coalesced(): number {
    return this.#coalesced;
  }

  /** Changes that had their turn. */
  get taken(): number {
    return this.#taken;
  }

  /** @returns a promise when there is no more room: push nothing before it ends. */
  push(arrivals: readonly Arrival[]): Promise<void> | undefined {
    for (const arrival of arrivals) this.#add(arrival);
    this.#schedule();
    return this.#isFull() ? new Promise((resolve) => this.#room.push(resolve)) : undefined;
  }

  /** Ends once nothing of a watch waits any more. */
  settled(stream: string): Promise<void> | undefined {
    if (!this.#perStream.has(stream)) return undefined;
    return new Promise((done) => this.#settling.push({ stream, done }));
  }

  #add(arrival: Arrival): void {
    const { key, stream } = arrival;
    const before = this.#waiting.get(key);
    if (before !== undefined) {
      this.#coalesced++;
      this.#bytes -= before.bytes;
      // It keeps its place in the order.
      this.#waiting.set(key, { ...arrival, atMs: before.atMs });
    } else {
      this.#waiting.set(key, arrival);
      this.#perStream.set(stream, (this.#perStream.get(stream) ?? 0) + 1);
    }
    this.#bytes += arrival.bytes;
  }

  #isFull(): boolean {
    const { mostBytes = 4 * 1024 * 1024, mostObjects = 2000 } = this.#options;
    return this.#bytes > mostBytes || this.#waiting.size > mostObjects;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting.size === 0) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#work();
      this.#schedule();
    });
  }

  #work(): void {
    const untilMs = performance.now() + sliceMs;
    do {
      const batch: SourceChange[] = [];
      for (const [key, arrival] of this.#waiting) {
        this.#waiting.delete(key);
        this.#leave(arrival);
        batch.push(arrival.change(arrival.atMs));
        if (batch.length >= batchSize) break;
      }
      this.#taken += batch.length;
      this.#options.apply(batch);
    } while (this.#waiting.size > 0 && performance.now() < untilMs);
    this.#wake();
  }

  #leave({ stream, bytes }: Arrival): void {
    this.#bytes -= bytes;
    const left = (this.#perStream.get(stream) ?? 1) - 1;
    if (left === 0) this.#perStream.delete(stream);
    else this.#perStream.set(stream, left);
  }

  #wake(): void {
    for (const { stream, done } of this.#settling) if (!this.#perStream.has(stream)) done();
    this.#settling = this.#settling.filter(({ stream }) => this.#perStream.has(stream));
    if (this.#isFull()) return;
    for (const resume of this.#room.splice(0)) resume();
  }
}
