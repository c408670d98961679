/** At most so many queries of a dashboard are asked at once; the others wait, and those whose range has changed never ask. */
const mostAtOnce = 6;

let running = 0;
const waiting: (() => void)[] = [];

/** Runs `ask` when its turn comes. @throws what `ask` throws, and an AbortError when the signal aborts before. */
export async function inTurn<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  if (running >= mostAtOnce) await turn(signal);
  signal.throwIfAborted();
  running++;
  try {
    return await ask();
  } finally {
    running--;
    waiting.shift()?.();
  }
}

function turn(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const go = (): void => {
      signal.removeEventListener('abort', stop);
      resolve();
    };
    function stop(): void {
      const at = waiting.indexOf(go);
      if (at >= 0) waiting.splice(at, 1);
      reject(signal.reason);
    }
    waiting.push(go);
    signal.addEventListener('abort', stop, { once: true });
  });
}
