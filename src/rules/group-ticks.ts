import { fnv1a64 } from '../kit/hash.ts';

/** What decides at which moments a group is evaluated. */
export interface TickedGroup {
  readonly file: string;
  readonly name: string;
  readonly intervalMs: number;
}

/** The first moment after `nowMs` at which a group is evaluated: groups are spread over the interval, the same after every start. */
export function nextTickMs({ file, name, intervalMs }: TickedGroup, nowMs: number): number {
  const offsetMs = Number.parseInt(fnv1a64([file, name]).slice(0, 12), 16) % intervalMs;
  const sinceMs = (((nowMs - offsetMs) % intervalMs) + intervalMs) % intervalMs;
  return nowMs - sinceMs + intervalMs;
}
