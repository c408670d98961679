import { isWithin } from '../alerting/time-interval.ts';
import { parseWindows } from '../alerting/window-json.ts';
import { inForce } from '../config/exceptions-file.ts';
import type { ExceptionStore, KeptException } from '../findings/exceptions/exception-store.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Clock } from '../kit/clock.ts';
import type { Component } from '../kit/component.ts';
import { untilAborted } from '../kit/until-aborted.ts';
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
  /** Those that people make. */
  readonly kept: ExceptionStore;
  readonly around: ExceptionSurroundings;
  /** Puts them in force. */
  readonly apply: (exceptions: ExceptionSet) => void;
  /** Called now and then while it runs, to tell of those that end soon. */
  readonly look: () => void;
}

const lookEveryMs = 15_000;
/** Windows begin and end with minutes. */
const minuteMs = 60_000;
const endedKeptMs = 120 * 3_600_000;

/**
 * Keeps exceptions in force, those of files, of objects and of people: when one comes, goes, has reached its end, or a recurring
 * window of it begins or ends.
 */
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
    this.refresh();
  }

  /** Those of files and of objects, expired ones included. */
  declared(): readonly (PostureException & { readonly origin: 'file' | 'object' })[] {
    return [
      ...this.#files.map((one) => ({ ...one, origin: 'file' as const })),
      ...this.#objects().map((one) => ({ ...one, origin: 'object' as const })),
    ];
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, inventory, look, kept } = this.#options;
    const kinds: ReadonlySet<string> = new Set(securityExceptionKinds);
    const unsubscribe = inventory.subscribe((changes) => {
      if (changes.some(({ ref }) => kinds.has(ref.kind))) this.refresh();
    });
    let cancelLook: (() => void) | undefined;
    const armLook = (): void => {
      cancelLook = clock.timer(lookEveryMs, () => {
        this.#guarded(() => {
          kept.collect(endedKeptMs);
          look();
        });
        armLook();
      });
    };
    armLook();
    await untilAborted(signal);
    unsubscribe();
    cancelLook?.();
    this.#cancelTimer?.();
  }

  /** To be called when those that people make have changed. */
  refresh(): void {
    const { clock, log, around, apply, kept } = this.#options;
    const nowMs = clock.now();
    const { active: declared, expired } = inForce([...this.#files, ...this.#objects()], nowMs);
    const people = kept.list();
    const active = [
      ...declared,
      ...people.filter((one) => stateOfException(one, nowMs) === 'active').map(asPosture),
    ];
    const isSame = JSON.stringify(active) === JSON.stringify(this.#active);
    for (const { name, source } of expired.filter((one) => this.#active.some((was) => was.name === one.name)))
      log.warn({ exception: name, source }, 'an exception has expired, so what it was about fails again');
    this.#active = active;
    this.#expired = expired;
    this.#cancelTimer?.();
    const nextMs = nextChangeMs(declared, people, nowMs);
    this.#cancelTimer = Number.isFinite(nextMs)
      ? clock.timer(nextMs - nowMs, () => this.#guarded(() => this.refresh()))
      : undefined;
    if (isSame) return;
    this.#set = new ExceptionSet(active, around);
    apply(this.#set);
  }

  #objects(): readonly PostureException[] {
    return securityExceptionKinds.flatMap((kind) =>
      this.#options.inventory.list(kind).flatMap((one) => exceptionOf(one) ?? []),
    );
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#options.log.error({ err: error }, 'exceptions could not be looked through');
    }
  }
}

/** Between two of its windows an exception is pending. */
export function stateOfException(
  { startsAtMs, endsAtMs, windows }: Pick<KeptException, 'startsAtMs' | 'endsAtMs' | 'windows'>,
  nowMs: number,
): 'pending' | 'active' | 'expired' {
  if (nowMs >= endsAtMs) return 'expired';
  if (nowMs < startsAtMs) return 'pending';
  return windows.length === 0 || parseWindows(windows).some((window) => isWithin(window, nowMs))
    ? 'active'
    : 'pending';
}

/** As posture takes it; its name is its id. */
export function asPosture(one: KeptException): PostureException {
  const { id, scopes, policies, reason, owner, createdBy, endsAtMs } = one;
  return {
    name: id,
    scopes,
    policies,
    reason,
    owner: owner === '' ? createdBy : owner,
    expiresAtMs: endsAtMs,
    source: 'made here',
  };
}

function nextChangeMs(
  declared: readonly PostureException[],
  people: readonly KeptException[],
  nowMs: number,
): number {
  const times = [
    ...declared.map(({ expiresAtMs }) => expiresAtMs ?? Number.POSITIVE_INFINITY),
    ...people.flatMap(({ startsAtMs, endsAtMs }) => [startsAtMs, endsAtMs]),
  ].filter((atMs) => atMs > nowMs);
  if (people.some(({ windows, endsAtMs }) => windows.length > 0 && endsAtMs > nowMs))
    times.push((Math.floor(nowMs / minuteMs) + 1) * minuteMs);
  return Math.min(...times, Number.POSITIVE_INFINITY);
}
