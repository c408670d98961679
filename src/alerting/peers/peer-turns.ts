import type { Clock } from '../../kit/clock.ts';
import { sleep } from '../../kit/sleep.ts';
import type { NotificationLogEntry } from '../dedup.ts';
import type { NotificationLog } from '../notification-log.ts';
import type { PeerMetrics } from './peer-metrics.ts';
import type { PeersStatus } from './peers-options.ts';
import type { SharedBooks } from './shared-books.ts';
import type { SharedLane, SharedStore } from './shared-store.ts';
import type { Turn, TurnAnswer, Turns } from './turn.ts';
import type { Wakeup } from './wakeup.ts';

export interface PeerTurnsOptions {
  readonly clock: Clock;
  readonly notifications: Pick<NotificationLog, 'get'>;
  readonly books: Pick<SharedBooks, 'take' | 'hold' | 'release' | 'toldBy'>;
  readonly store: Pick<SharedStore, 'claim'>;
  readonly metrics: PeerMetrics;
  /** Woken whenever something was taken over from a peer, and when the state changed. */
  readonly news: Wakeup;
  readonly state: () => PeersStatus['state'];
  readonly position: () => number;
  /** Called when the database could not be asked. */
  readonly lost: (error: unknown) => void;
}

/** Each process waits so long for each that goes before it. It saves asking for a turn that another has taken already. */
const stepMs = 100;
const maxSteps = 10;
/** At the start, what is due waits for so long to hear whether a peer told it already. */
export const longestJoinMs = 5000;
/** How often to ask again for a lane that a peer holds; what it tells is heard sooner. */
const askAgainMs = 500;
const claimsAtOnce = 200;
/** How long what was told on a lane may take to be written before the lane is asked for again. */
const longestWriteMs = 2000;

type Claim = { readonly isMine: true; readonly shared: SharedLane | undefined } | { readonly isMine: false };

/** Turns by claims in the database: a lane is held for one attempt at a time, and free when its holder dies. */
export class PeerTurns implements Turns {
  readonly #options: PeerTurnsOptions;
  readonly #wanted = new Map<string, { resolve(claim: Claim): void; reject(error: unknown): void }>();
  #isAsking = false;

  constructor(options: PeerTurnsOptions) {
    this.#options = options;
  }

  of(lane: string): Turn {
    let isFirst = true;
    let isHeld = false;
    return {
      begin: async (isNews, signal) => {
        if (isFirst) await this.#letOthersGoFirst(signal);
        isFirst = false;
        const answer = await this.#begin(lane, isNews, signal);
        isHeld = answer.isHeld;
        return answer;
      },
      end: () => {
        if (isHeld) this.#options.books.release(lane);
        isHeld = false;
      },
    };
  }

  async #letOthersGoFirst(signal: AbortSignal): Promise<void> {
    const { state, position, news, clock } = this.#options;
    const untilMs = clock.now() + longestJoinMs;
    while (state() === 'joining' && clock.now() < untilMs && !signal.aborted)
      await news.wait(untilMs - clock.now(), signal, clock);
    const steps = state() === 'together' ? Math.min(position(), maxSteps) : 0;
    if (steps > 0) await sleep(steps * stepMs, signal, clock);
  }

  async #begin(
    lane: string,
    isNews: (last: NotificationLogEntry | undefined) => boolean,
    signal: AbortSignal,
  ): Promise<TurnAnswer & { readonly isHeld: boolean }> {
    const { notifications, books, metrics, news, state, clock } = this.#options;
    const isTold = (): boolean => !isNews(notifications.get(lane));
    const told = () => {
      metrics.turn('told');
      return { kind: 'told', by: books.toldBy(lane) || 'a peer', isHeld: false } as const;
    };
    while (!signal.aborted) {
      if (isTold()) return told();
      const claim = state() === 'together' ? await this.#ask(lane, signal) : undefined;
      if (claim === undefined) {
        metrics.turn('alone');
        return { kind: 'mine', last: notifications.get(lane), isHeld: false };
      }
      if (claim.isMine) {
        if (claim.shared !== undefined) books.take(claim.shared);
        if (isTold()) {
          books.release(lane);
          return told();
        }
        metrics.turn('mine');
        return { kind: 'mine', last: notifications.get(lane), isHeld: true };
      }
      await news.wait(askAgainMs, signal, clock);
    }
    return { kind: 'stopped', isHeld: false };
  }

  /** @returns undefined when nobody could be asked */
  async #ask(lane: string, signal: AbortSignal): Promise<Claim | undefined> {
    await this.#untilWritten(lane, signal);
    try {
      return await new Promise<Claim>((resolve, reject) => {
        this.#wanted.set(lane, { resolve, reject });
        if (!this.#isAsking) void this.#askAll();
      });
    } catch (error) {
      this.#options.lost(error);
      return undefined;
    }
  }

  /** A database that does not take what was told on the lane is not waited for. */
  async #untilWritten(lane: string, outer: AbortSignal): Promise<void> {
    const { books, clock } = this.#options;
    const stop = new AbortController();
    const waited = sleep(longestWriteMs, AbortSignal.any([outer, stop.signal]), clock);
    await Promise.race([books.hold(lane), waited]);
    stop.abort();
  }

  /** What is asked for while an answer is awaited is asked for together. */
  async #askAll(): Promise<void> {
    this.#isAsking = true;
    while (this.#wanted.size > 0) {
      const some = [...this.#wanted].slice(0, claimsAtOnce);
      for (const [lane] of some) this.#wanted.delete(lane);
      try {
        const mine = await this.#options.store.claim(some.map(([lane]) => lane));
        for (const [lane, { resolve }] of some)
          resolve(mine.has(lane) ? { isMine: true, shared: mine.get(lane) } : { isMine: false });
      } catch (error) {
        for (const [, { reject }] of some) reject(error);
      }
    }
    this.#isAsking = false;
  }
}
