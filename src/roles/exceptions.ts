import { inForce } from '../config/exceptions-file.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Clock } from '../kit/clock.ts';
import type { Component } from '../kit/component.ts';
import type { Logger } from '../log/logger.ts';
import { ExceptionSet, type ExceptionSurroundings } from '../posture/exceptions/exception-set.ts';
import type { PostureException } from '../posture/exceptions/posture-exception.ts';
import { exceptionOf, securityExceptionKinds } from '../posture/exceptions/security-exception.ts';
import type { Registry } from '../telemetry/registry.ts';

export interface ExceptionsOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly inventory: Inventory;
  readonly registry: Registry;
  readonly around: ExceptionSurroundings;
  /** Puts them in force. */
  readonly apply: (exceptions: ExceptionSet) => void;
}

/** Keeps the exceptions of files and of objects in force: when one comes, goes, or has reached its end. */
export class Exceptions implements Component {
  readonly name = 'exceptions';
  readonly #options: ExceptionsOptions;
  #files: readonly PostureException[] = [];
  #set: ExceptionSet;
  #active: readonly PostureException[] = [];
  #expired: readonly PostureException[] = [];
  #cancelTimer: (() => void) | undefined;

  constructor(options: ExceptionsOptions) {
    this.#options = options;
    this.#set = new ExceptionSet([], options.around);
    const name = 'skopos_exceptions';
    options.registry.collector(() => [
      {
        name,
        help: 'Exceptions of posture by what has become of them.',
        type: 'gauge',
        samples: [
          { name, labels: { state: 'active' }, value: this.#active.length - this.#set.unused.length },
          { name, labels: { state: 'unused' }, value: this.#set.unused.length },
          { name, labels: { state: 'expired' }, value: this.#expired.length },
        ],
      },
    ]);
  }

  /**
   * Takes those of files in place of the ones before.
   *
   * @throws {BadInputError} for a pattern that is no regular expression; those before stay.
   */
  load(files: readonly PostureException[]): void {
    new ExceptionSet(files, this.#options.around);
    this.#files = files;
    this.#refresh();
  }

  async run(signal: AbortSignal): Promise<void> {
    const kinds: ReadonlySet<string> = new Set(securityExceptionKinds);
    const unsubscribe = this.#options.inventory.subscribe((changes) => {
      if (changes.some(({ ref }) => kinds.has(ref.kind))) this.#refresh();
    });
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    unsubscribe();
    this.#cancelTimer?.();
  }

  #refresh(): void {
    const { clock, log, inventory, around, apply } = this.#options;
    const objects = securityExceptionKinds.flatMap((kind) => inventory.list(kind));
    const nowMs = clock.now();
    const { active, expired } = inForce(
      [...this.#files, ...objects.flatMap((one) => exceptionOf(one) ?? [])],
      nowMs,
    );
    const isSame = JSON.stringify(active) === JSON.stringify(this.#active);
    for (const { name, source } of expired.filter((one) =>
      this.#active.some(({ name }) => name === one.name),
    )) {
      log.warn({ exception: name, source }, 'an exception has expired, so what it was about fails again');
    }
    this.#active = active;
    this.#expired = expired;
    this.#cancelTimer?.();
    const nextMs = Math.min(...active.map(({ expiresAtMs }) => expiresAtMs ?? Number.POSITIVE_INFINITY));
    this.#cancelTimer = Number.isFinite(nextMs)
      ? clock.timer(nextMs - nowMs, () => this.#refresh())
      : undefined;
    if (isSame) return;
    this.#set = new ExceptionSet(active, around);
    apply(this.#set);
  }
}
