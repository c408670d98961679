let sequence = 0;

/** A new cause: short, unique in the process, and in order of time where the times are. `atMs` is Unix time in milliseconds. */
export function newCause(atMs: number): string {
  sequence = (sequence + 1) % 36 ** 4;
  return `c${Math.floor(atMs).toString(36)}-${sequence.toString(36)}${processTag}`;
}

/** Two processes that start in the same millisecond still differ. */
const processTag = Math.floor(Math.random() * 36 ** 2)
  .toString(36)
  .padStart(2, '0');
