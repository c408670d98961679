/** What a place in the pool is taken for: a disk of this machine, a file system that may hang, or a file whose driver may not answer. */
export type Holder = 'disk' | 'remote' | 'file';

/** A thread of the pool, from when it is taken until it is given back. */
export interface Place {
  readonly holder: Holder;
  /** Says that its end is not waited for any more: who waits for a place that only this one could give is sent away. */
  giveUp(): void;
  release(): void;
}

interface Held {
  readonly holder: Holder;
  isGivenUp: boolean;
}

/**
 * Node asks files and file systems in a pool of threads (four, unless UV_THREADPOOL_SIZE says otherwise), and what does not answer
 * keeps its thread for ever. So each kind of question has bounds, and the threads that are held by hardware and by other machines are
 * never all: one is kept for this machine's disks, and for whatever else needs a thread.
 */
export class PoolPlaces {
  readonly #threads: number;
  readonly #held = new Set<Held>();
  readonly #waiting: { readonly holder: Holder; readonly answer: (place: Place | undefined) => void }[] = [];

  constructor(threads: number) {
    this.#threads = Math.max(1, threads);
  }

  /** A place as soon as there is one, or undefined where none can come free: what holds them all does not answer. */
  async take(holder: Holder): Promise<Place | undefined> {
    return await new Promise((answer) => {
      this.#waiting.push({ holder, answer });
      this.#serve();
    });
  }

  #serve(): void {
    for (const asking of this.#waiting.splice(0)) {
      const { holder, answer } = asking;
      if (this.#hasRoom(holder, [...this.#held])) answer(this.#hold(holder));
      else if (this.#hasRoom(holder, this.#givenUp())) this.#waiting.push(asking);
      else answer(undefined);
    }
  }

  #hold(holder: Holder): Place {
    const held: Held = { holder, isGivenUp: false };
    this.#held.add(held);
    return {
      holder,
      giveUp: () => {
        held.isGivenUp = true;
        this.#serve();
      },
      release: () => {
        this.#held.delete(held);
        this.#serve();
      },
    };
  }

  #givenUp(): readonly Held[] {
    return [...this.#held].filter(({ isGivenUp }) => isGivenUp);
  }

  #hasRoom(holder: Holder, held: readonly Held[]): boolean {
    const of = (...holders: Holder[]): number => held.filter((one) => holders.includes(one.holder)).length;
    const most = (kept: number): number => Math.max(1, this.#threads - kept);
    if (holder === 'disk') return held.length < this.#threads && of('disk') < most(1);
    return of(holder) < most(2) && of('remote', 'file') < most(1);
  }
}

/** Those of this process. */
export const poolPlaces = new PoolPlaces(Number(process.env['UV_THREADPOOL_SIZE'] ?? 4) || 4);
