import type { Clock } from '../../kit/clock.ts';
import { formatDuration } from '../../kit/duration.ts';
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
  #free: number;
  readonly #waiting: (() => void)[] = [];
  #busyUntilMs = 0;

  constructor(name: string, maxConcurrent: number, clock: Clock) {
    this.#name = name;
    this.#free = maxConcurrent;
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
    for (;;) {
      signal.throwIfAborted();
      const waitMs = this.#busyUntilMs - this.#clock.now();
      if (waitMs > longestWaitMs)
        throw new RegistryBusyError(
          `${this.#name} has had too many requests and wants none for another ${formatDuration(Math.ceil(waitMs / 1000) * 1000)}`,
          this.#busyUntilMs,
        );
      if (waitMs > 0) await sleep(waitMs, signal, this.#clock);
      else if (this.#free > 0) break;
      else await this.#turn(signal);
    }
    this.#free--;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#free++;
      this.#waiting.shift()?.();
    };
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        const at = this.#waiting.indexOf(go);
        if (at >= 0) this.#waiting.splice(at, 1);
        resolve();
      };
      this.#waiting.push(go);
      signal.addEventListener('abort', leave, { once: true });
    });
  }
}
