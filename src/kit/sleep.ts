import { type Clock, systemClock } from './clock.ts';

/** Waits `ms` milliseconds on `clock`; resolves to false at once when `signal` aborts, to true otherwise. Never rejects. */
export function sleep(ms: number, signal: AbortSignal, clock: Clock = systemClock): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const cancel = clock.timer(ms, () => {
      signal.removeEventListener('abort', stop);
      resolve(true);
    });
    function stop(): void {
      cancel();
      resolve(false);
    }
    signal.addEventListener('abort', stop, { once: true });
  });
}
