let last = 0;
let sequence = 0;

/** A new cause: short, unique in the process, in order of time. `atMs` is Unix time in milliseconds. */
export function newCause(atMs: number): string {
  sequence = atMs === last ? sequence + 1 : 0;
  last = atMs;
  return `c${Math.floor(atMs).toString(36)}-${sequence.toString(36)}${processTag}`;
}

/** Two processes that start in the same millisecond still differ. */
const processTag = Math.floor(Math.random() * 36 ** 2)
  .toString(36)
  .padStart(2, '0');
