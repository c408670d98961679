import { Worker } from 'node:worker_threads';

export type CheckpointRequest = 'checkpoint' | 'close';

export interface CheckpointReply {
  /** Why it could not be done. */
  readonly problem?: string;
}

export interface CheckpointThreadData {
  readonly path: string;
  /** One Int32, which becomes 1 when the thread has closed its connection. */
  readonly closed: SharedArrayBuffer;
}

/** Longest wait for the thread to close its connection; a checkpoint that it is at may take some tenths of a second. */
const closeMs = 3_000;

/**
 * A thread with a connection of its own that moves the write-ahead log into the database file, since that waits for the disk: PASSIVE
 * checkpoints keep neither readers nor the writer from going on.
 *
 * Source: https://www.sqlite.org/c3ref/wal_checkpoint_v2.html
 */
export class CheckpointThread {
  readonly #worker: Worker;
  readonly #closed = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  #done: (() => void) | undefined;

  #isEnding = false;

  /** @param failed called when it has ended without being told to */
  constructor(path: string, failed: () => void) {
    const data: CheckpointThreadData = { path, closed: this.#closed };
    this.#worker = new Worker(new URL('./checkpoint.worker.js', import.meta.url), {
      ...{ workerData: data, execArgv: [] },
      resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 1 },
    });
    // The process may end while the thread waits for work.
    this.#worker.unref();
    this.#worker.on('message', () => this.#end());
    // An error is followed by the exit.
    this.#worker.on('error', () => undefined);
    this.#worker.once('exit', () => {
      this.#end();
      if (!this.#isEnding) failed();
    });
  }

  /** Threads cannot be made of sources that were not built, as in tests. */
  static get isPossible(): boolean {
    return import.meta.url.endsWith('.js');
  }

  get isBusy(): boolean {
    return this.#done !== undefined;
  }

  /** Begins a checkpoint. @param done called when it has ended, however that was */
  checkpoint(done: () => void): void {
    this.#done = done;
    this.#send('checkpoint');
  }

  /** Ends it after what it is at. */
  end(): void {
    this.#isEnding = true;
    this.#send('close');
  }

  /** The same, and waits until its connection is closed: the one that is closed last tidies up. */
  close(): void {
    this.end();
    Atomics.wait(new Int32Array(this.#closed), 0, 0, closeMs);
  }

  #send(request: CheckpointRequest): void {
    this.#worker.postMessage(request);
  }

  #end(): void {
    const done = this.#done;
    this.#done = undefined;
    done?.();
  }
}
