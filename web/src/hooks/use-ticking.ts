import { useCallback, useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Something that depends on the time. Draws again only when what it gives has changed; one timer serves all. */
export function useTicking<T extends string | number | boolean>(of: (nowMs: number) => T): T {
  return useSyncExternalStore(
    subscribe,
    useCallback(() => of(Date.now()), [of]),
  );
}
