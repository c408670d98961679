import type { Clock } from '../../kit/clock.ts';
import { Places } from '../../kit/places.ts';

/** Something that does one job at a time, and may end. */
export interface PooledThread {
  readonly isEnded: boolean;
  stop(error: Error): Promise<void>;
}

/** A thread without work gives its memory back after this long. */
const idleMs = 10_000;

/** A small job waits so long for a thread that is there, since one that starts takes longer to load than the job. */
const patienceMs = 2000;

export interface RunOptions {
  /** Done in a few milliseconds once it has a thread. */
  readonly isSmall?: boolean;
}

/** As many jobs at once as there may be threads; threads are made when needed, and end when there is nothing to do. */
export class ThreadPool<Thread extends PooledThread> {
  readonly #start: () => Thread;
  readonly #clock: Clock;
  readonly #idle: { readonly thread: Thread; readonly cancel: () => void }[] = [];
  readonly #places: Places;
  readonly #all = new Set<Thread>();
  /** Small jobs that wait for a thread that is at work. */
  readonly #patient = new Set<() => void>();

  constructor(size: number, start: () => Thread, clock: Clock) {
    this.#places = new Places(size);
    this.#start = start;
    this.#clock = clock;
  }

  /**
   * Runs a job as soon as a thread is free. When `signal` aborts, its thread ends with the signal's reason.
   *
   * @throws what the job throws, or the signal's reason.
   */
  async run<Result>(
    signal: AbortSignal,
    job: (thread: Thread) => Promise<Result>,
    { isSmall = false }: RunOptions = {},
  ): Promise<Result> {
    if (isSmall && this.#idle.length === 0 && this.#all.size > 0) await this.#freedThread(signal);
    const leave = await this.#places.enter(signal);
    let thread: Thread | undefined;
    const stop = (): void => void thread?.stop(reasonOf(signal));
    try {
      thread = this.#idleThread() ?? this.#started();
      signal.addEventListener('abort', stop, { once: true });
      return await job(thread);
    } finally {
      signal.removeEventListener('abort', stop);
      if (thread !== undefined) this.#giveBack(thread);
      leave();
    }
  }

  /** Starts a thread where there is none, as work is sure to come: it takes a while to load. */
  warm(): void {
    if (this.#all.size === 0) this.#giveBack(this.#started());
  }

  async close(): Promise<void> {
    for (const { cancel } of this.#idle.splice(0)) cancel();
    await Promise.all([...this.#all].map((thread) => thread.stop(new Error('the program stops'))));
  }

  #idleThread(): Thread | undefined {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      idle.cancel();
      if (!idle.thread.isEnded) return idle.thread;
      this.#all.delete(idle.thread);
    }
    return undefined;
  }

  /** Waits for a thread to be free, for a while. */
  async #freedThread(signal: AbortSignal): Promise<void> {
    let cancel: () => void = () => {};
    let wake: () => void = () => {};
    try {
      await new Promise<void>((resolve) => {
        wake = resolve;
        cancel = this.#clock.timer(patienceMs, wake);
        this.#patient.add(wake);
        signal.addEventListener('abort', wake, { once: true });
      });
    } finally {
      cancel();
      this.#patient.delete(wake);
      signal.removeEventListener('abort', wake);
    }
  }

  #started(): Thread {
    const thread = this.#start();
    this.#all.add(thread);
    return thread;
  }

  #giveBack(thread: Thread): void {
    for (const wake of this.#patient) {
      this.#patient.delete(wake);
      wake();
      break;
    }
    if (thread.isEnded) {
      this.#all.delete(thread);
      return;
    }
    const cancel = this.#clock.timer(idleMs, () => {
      const at = this.#idle.findIndex((one) => one.thread === thread);
      if (at >= 0) this.#idle.splice(at, 1);
      this.#all.delete(thread);
      void thread.stop(new Error('it had nothing to do'));
    });
    this.#idle.push({ thread, cancel });
  }
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('stopped');
}
