import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { FileContent, ReadJob } from './read-objects.ts';

/** Far more than any file needs that is read; a thread that wants more ends, and the file is read in the main thread. */
const mostHeapMiB = 512;

/** A few megabytes for what dies young: most of what a parser makes. */
const youngMiB = 16;

/**
 * A second thread that reads files, for a first look at many. Jobs are answered as they get done. It dies quietly: `onEnd` is
 * called once, and what was not answered is left to the caller.
 */
export class ReaderThread {
  readonly #worker: Worker;

  /** @returns undefined where there is nothing to gain, as on one core, or no thread can be started. */
  static start(onContent: (content: FileContent) => void, onEnd: () => void): ReaderThread | undefined {
    // Sources that were not built, as in tests, cannot be loaded by a thread.
    const isBuilt = import.meta.url.endsWith('.js');
    if (!isBuilt || availableParallelism() < 2) return undefined;
    try {
      return new ReaderThread(new URL('./read-objects.worker.js', import.meta.url), onContent, onEnd);
    } catch {
      return undefined;
    }
  }

  /** @param url of a script that answers each {@link ReadJob} with a {@link FileContent}. */
  constructor(url: URL, onContent: (content: FileContent) => void, onEnd: () => void, heapMiB = mostHeapMiB) {
    this.#worker = new Worker(url, {
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: heapMiB, maxYoungGenerationSizeMb: youngMiB },
    });
    this.#worker.on('message', onContent);
    // An error, such as too little memory, is followed by the exit.
    this.#worker.on('error', () => undefined);
    this.#worker.once('exit', onEnd);
  }

  read(job: ReadJob): void {
    this.#worker.postMessage(job);
  }

  /** Resolves when the thread has ended and its memory is given back. */
  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
