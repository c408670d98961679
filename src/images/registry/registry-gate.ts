import type { Clock } from '../../kit/clock.ts';
import { formatDuration } from '../../kit/duration.ts';
import { Places } from '../../kit/places.ts';
import { sleep } from '../../kit/sleep.ts';
import { RegistryBusyError } from '../image-error.ts';

/** Longer than this nobody waits for a registry; who asks hears when to come again. */
const longestWaitMs = 30_000;

/** A registry that is busy and does not say for how long. */
const usualPauseMs = 10_000;

/** How much is asked of one registry at once, and whether it wants to be left alone. */
export class RegistryGate {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #places: Places;
  #busyUntilMs = 0;

  constructor(name: string, maxConcurrent: number, clock: Clock) {
    this.#name = name;
    this.#places = new Places(maxConcurrent);
    this.#clock = clock;
  }

  /** Remembers a 429. @returns how long it lasts. */
  busy(retryAfterMs: number | undefined): number {
    const pauseMs = retryAfterMs ?? usualPauseMs;
    this.#busyUntilMs = Math.max(this.#busyUntilMs, this.#clock.now() + pauseMs);
    return pauseMs;
  }

  /**
   * Waits for a turn. The function that it gives ends it, and may be called more than once.
   *
   * @throws {RegistryBusyError} when the registry wants to be left alone for longer than anybody would wait.
   */
  async enter(signal: AbortSignal): Promise<() => void> {
    await this.#untilWanted(signal);
    const leave = await this.#places.enter(signal);
    try {
      // It may have become busy meanwhile.
      await this.#untilWanted(signal);
    } catch (error) {
      leave();
      throw error;
    }
    return leave;
  }

  async #untilWanted(signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const waitMs = this.#busyUntilMs - this.#clock.now();
      if (waitMs <= 0) return;
      if (waitMs > longestWaitMs)
        throw new RegistryBusyError(
          `${this.#name} has had too many requests and wants none for another ${formatDuration(Math.ceil(waitMs / 1000) * 1000)}`,
          this.#busyUntilMs,
        );
      await sleep(waitMs, signal, this.#clock);
    }
  }
}
