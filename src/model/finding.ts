import type { ObjectRef } from './object.ts';
import type { Evidence, Severity } from './verdict.ts';

/** A failing verdict that persists: one per (cluster, control, object, stable path). */
export interface Finding {
  /** 16 hexadecimal digits, the same for as long as cluster, control, object and stable path are. */
  readonly id: string;
  readonly controlId: string;
  readonly severity: Severity;
  readonly object: ObjectRef;
  readonly evidence: Evidence;
  readonly related: readonly ObjectRef[];
  readonly status: 'open' | 'fixed';
  /** Unix ms; `lastSeenMs` is when it was last known to be so, `openedMs` when it last became open. */
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly openedMs: number;
  readonly fixedAtMs?: number;
  /** How often it came back after being fixed. */
  readonly reappeared: number;
  /** Found by the first complete look at a source: it was there before us, so it is not *new*. */
  readonly baseline: boolean;
  /** The cause of the change that opened it last. */
  readonly cause: string;
  /** Identifies the drill that made it; absent for real findings. */
  readonly drill?: string;
}

/** What happened to a finding because of one change. */
export interface FindingChange {
  readonly kind: 'opened' | 'reappeared' | 'changed' | 'fixed';
  readonly finding: Finding;
  readonly cause: string;
  readonly atMs: number;
}
