import type { LiveImages } from '../../images/live/image-scans.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Component } from '../../kit/component.ts';
import { sleep } from '../../kit/sleep.ts';
import type { ImageJudging } from './image-judging.ts';
import type { ImageUses } from './image-uses.ts';

/** How long changes of who runs what are gathered. */
const gatherMs = 500;
/** How often it is looked at whether more may be scanned than before. */
const wakeEveryMs = 30_000;

/** Tells who runs what, once all is read and whenever that changes. */
export function watching({
  inventory,
  uses,
  live,
  clock,
  judging,
}: {
  readonly inventory: Inventory;
  readonly uses: ImageUses;
  readonly live: LiveImages;
  readonly clock: Clock;
  /** Told of what runs; absent where nothing is judged by images. */
  readonly judging?: ImageJudging | undefined;
}): Component {
  let cancel: (() => void) | undefined;
  let cause: string | undefined;
  const gather = (): void => {
    if (!inventory.ready) return;
    cancel ??= clock.timer(gatherMs, () => {
      cancel = undefined;
      // Where pods may not be read, nobody knows that none runs.
      if (!inventory.unreadable().some(({ kind }) => kind === 'Pod')) {
        live.use(uses.all(), cause);
        judging?.used(cause);
      }
      cause = undefined;
    });
  };
  // Before anything is read, so that nothing is missed.
  inventory.subscribe((changes) => {
    if (!uses.see(changes)) return;
    cause = changes[0]?.cause ?? cause;
    gather();
  });
  return {
    name: 'images in use',
    async run(signal) {
      const leave = [inventory.onReady(gather), inventory.subscribeUnreadable(gather)];
      await endedWhile(signal, clock, () => {
        live.wake();
        judging?.look();
      });
      for (const one of leave) one();
      judging?.stop();
      cancel?.();
      cancel = undefined;
    },
  };
}

export function closing(close: () => Promise<void>): Component {
  return {
    name: 'images end',
    async run(signal) {
      await ended(signal);
      await close();
    },
  };
}

/** Does something again and again until the end. */
async function endedWhile(signal: AbortSignal, clock: Clock, work: () => void): Promise<void> {
  while (await sleep(wakeEveryMs, signal, clock)) work();
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
