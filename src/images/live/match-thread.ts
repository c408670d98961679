import { Worker } from 'node:worker_threads';
import { messageOf } from '../../kit/app-error.ts';
import type { PooledThread } from '../pipeline/thread-pool.ts';
import type { MatchJob, MatchReply, MatchThreadData } from './match-job.ts';
import type { ResultRow } from './result-row.ts';

/** Of the thread's heap: one image's packages, and what is remembered of the data. */
const heapMiB = 512;

/** Matches images in a thread of its own, one at a time. */
export class MatchThread implements PooledThread {
  readonly #worker: Worker;
  #reply: ((reply: MatchReply) => void) | undefined;
  #ended: string | undefined;

  /** @param url of `match.worker.js` */
  constructor(url: URL, data: MatchThreadData) {
    this.#worker = new Worker(url, {
      workerData: data,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: heapMiB },
    });
    this.#worker.unref();
    this.#worker.on('message', (reply: MatchReply) => this.#reply?.(reply));
    this.#worker.once('error', (error) => this.#end(messageOf(error)));
    this.#worker.once('exit', (code) => this.#end(`the thread ended with status ${code}`));
  }

  get isEnded(): boolean {
    return this.#ended !== undefined;
  }

  /** @throws what matching says, or why the thread ended. */
  async match(job: MatchJob): Promise<ResultRow> {
    const reply = await new Promise<MatchReply>((resolve) => {
      this.#reply = resolve;
      if (this.#ended !== undefined) resolve({ problem: this.#ended });
      else this.#worker.postMessage(job);
    });
    this.#reply = undefined;
    if ('problem' in reply) throw new Error(reply.problem);
    return reply.row;
  }

  async stop(error: Error): Promise<void> {
    this.#end(error.message);
    await this.#worker.terminate();
  }

  #end(why: string): void {
    this.#ended ??= why;
    this.#reply?.({ problem: this.#ended });
  }
}

/** Where the built program has the thread's script; undefined where it runs from sources, of which Node makes no thread. */
export function matchThreadUrl(): URL | undefined {
  return import.meta.url.endsWith('.js') ? new URL('./match.worker.js', import.meta.url) : undefined;
}
