import { RegistryBusyError, RegistryError } from '../../images/image-error.ts';
import { parseReference } from '../../images/reference.ts';
import { UnavailableError } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import { formatDuration } from '../../kit/duration.ts';
import { sleep } from '../../kit/sleep.ts';

/** Longer than this no scan waits for a registry. */
const longestWaitMs = 10 * 60_000;

/** So many requests in a row without any answer, and a registry counts as gone. */
const mostSilent = 5;

interface State {
  busyUntilMs: number;
  /** In a row. */
  silent: number;
}

/** Which registries cannot be asked now, by what became of the last scans. */
export class RegistryTrouble {
  readonly #clock: Clock;
  readonly #states = new Map<string, State>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * What became of a scan.
   *
   * @param image in full
   * @returns whether it failed because its registry could not be asked, which says nothing of the image
   */
  note(image: string, error: unknown): boolean {
    const { registry } = parseReference(image);
    const state = this.#states.get(registry) ?? { busyUntilMs: 0, silent: 0 };
    const isBusy = error instanceof RegistryBusyError;
    const isSilent = error instanceof RegistryError && error.status === 0;
    state.silent = isSilent ? state.silent + 1 : 0;
    if (isBusy) state.busyUntilMs = error.untilMs;
    if (isBusy || isSilent) this.#states.set(registry, state);
    else this.#states.delete(registry);
    return isBusy || isSilent;
  }

  /** A scan begins: that nothing answered before says nothing of now. */
  reset(registry: string): void {
    this.#states.delete(registry);
  }

  isTroubled(registry: string): boolean {
    return this.#busyMs(registry) > 0 || this.#isSilent(registry);
  }

  /**
   * Waits until a registry may be asked.
   *
   * @param onWait told until when
   * @throws {UnavailableError} when that is too long, or it does not answer
   */
  async untilWanted(registry: string, signal: AbortSignal, onWait: (untilMs: number) => void): Promise<void> {
    if (this.#isSilent(registry))
      throw new UnavailableError(
        `${registry} does not answer: ${mostSilent} requests in a row came to nothing, and the rest was not tried`,
      );
    for (let waitMs = this.#busyMs(registry); waitMs > 0; waitMs = this.#busyMs(registry)) {
      if (waitMs > longestWaitMs)
        throw new UnavailableError(
          `${registry} has had too many requests and wants none for another ${formatDuration(Math.ceil(waitMs / 1000) * 1000)}; the next scan goes on with what is left`,
        );
      onWait(this.#clock.now() + waitMs);
      await sleep(waitMs, signal, this.#clock);
      signal.throwIfAborted();
    }
  }

  #busyMs(registry: string): number {
    return (this.#states.get(registry)?.busyUntilMs ?? 0) - this.#clock.now();
  }

  #isSilent(registry: string): boolean {
    return (this.#states.get(registry)?.silent ?? 0) >= mostSilent;
  }
}
