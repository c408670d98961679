import { setImmediate as nextTurn } from 'node:timers/promises';

/** Cuts long work into slices, so that the event loop is not kept from other work: `if (pace.isDue) await pace.rest()`. */
export class Pace {
  readonly #sliceMs: number;
  #startMs = performance.now();
  #calls = 0;

  constructor(sliceMs = 5) {
    this.#sliceMs = sliceMs;
  }

  /** Whether the slice is used up; looks at the time only now and then. */
  get isDue(): boolean {
    return (++this.#calls & 15) === 0 && performance.now() - this.#startMs >= this.#sliceMs;
  }

  /** The same for steps that take a millisecond or more: looks at the time at each. */
  get isOver(): boolean {
    return performance.now() - this.#startMs >= this.#sliceMs;
  }

  async rest(): Promise<void> {
    await nextTurn();
    this.#startMs = performance.now();
  }
}
