/** How long to wait before attempt number `attempt` (0 is the first retry). */
export interface BackoffOptions {
  readonly initialMs: number;
  readonly maxMs: number;
  /** Growth from one attempt to the next; 2 when left out. */
  readonly factor?: number;
  /** A number in [0, 1); `Math.random` when left out. Spreads waits over the upper half of the interval. */
  readonly random?: () => number;
}

/** Exponential back-off with jitter: between half and the whole of `initialMs * factor^attempt`, at most `maxMs`. */
export function backoffMs(attempt: number, options: BackoffOptions): number {
  const { initialMs, maxMs, factor = 2, random = Math.random } = options;
  const wholeMs = Math.min(maxMs, initialMs * factor ** attempt);
  return wholeMs / 2 + (wholeMs / 2) * random();
}
