import { fnv1a64 } from '../../kit/hash.ts';

/** What several processes may have changed: the newest counts. */
export interface Versioned {
  /** When it was made, in the time that the processes share. */
  readonly atMs: number;
  /** All of it, as text: decides where two were made at the same time. */
  readonly text: string;
}

/** The order of two made at the same time: any will do, as long as everybody has the same. */
export function tieOf(text: string): string {
  return fnv1a64([text]);
}

export function isNewer(one: Versioned, other: Versioned | undefined): boolean {
  if (other === undefined || one.atMs !== other.atMs) return one.atMs > (other?.atMs ?? -Infinity);
  return one.text !== other.text && tieOf(one.text) > tieOf(other.text);
}

/**
 * What counts of two: the newer. In whatever order, and however often, things are put together, the same comes out: it is commutative,
 * associative and idempotent.
 */
export function newest<Kind extends Versioned>(one: Kind, other: Kind): Kind {
  return isNewer(other, one) ? other : one;
}
