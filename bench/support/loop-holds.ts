import { closeSync, openSync, readSync } from 'node:fs';

/** How long the event loop of this thread was kept from other work, at worst. */
export interface Hold {
  /** By the clock, time in which the machine did other things included. */
  readonly ms: number;
  /** Processor time of the thread alone, which says more on a busy machine. */
  readonly processorMs: number;
}

/**
 * Looks after the event loop while `work` goes on.
 *
 * Source of the thread's processor time (the first number, in ns): https://docs.kernel.org/scheduler/sched-stats.html
 */
export async function longestHold(work: () => Promise<void>): Promise<Hold> {
  const file = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
  const buffer = Buffer.alloc(128);
  const processorMs = (): number =>
    Number(buffer.toString('latin1', 0, readSync(file, buffer, 0, buffer.length, 0)).split(' ')[0]) / 1e6;
  const longest = { ms: 0, processorMs: 0 };
  let atMs = performance.now();
  let usedMs = processorMs();
  const beat = setInterval(() => {
    const nowMs = performance.now();
    const nowUsedMs = processorMs();
    longest.ms = Math.max(longest.ms, nowMs - atMs);
    longest.processorMs = Math.max(longest.processorMs, nowUsedMs - usedMs);
    atMs = nowMs;
    usedMs = nowUsedMs;
  }, 1);
  try {
    await work();
    // The last turn has no beat after it yet.
    await new Promise((resolve) => setTimeout(resolve, 2));
  } finally {
    clearInterval(beat);
    closeSync(file);
  }
  return longest;
}
