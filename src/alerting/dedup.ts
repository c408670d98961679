import type { NotificationReason } from './notification.ts';

/** What was last sent to one integration for one group. */
export interface NotificationLogEntry {
  readonly atMs: number;
  /** Fingerprints. */
  readonly firing: ReadonlySet<string>;
  readonly resolved: ReadonlySet<string>;
}

/** What could be sent now. */
export interface GroupState {
  readonly firing: ReadonlySet<string>;
  readonly resolved: ReadonlySet<string>;
}

export interface DedupOptions {
  readonly sendResolved: boolean;
  readonly repeatIntervalMs: number;
  readonly nowMs: number;
}

/**
 * Why to notify now, or undefined when there is nothing to say. When everything resolved the answer is given whether or not
 * resolved alerts are sent, so that the log is cleared.
 *
 * Source: behaviour of Alertmanager 0.34, notify/dedup_stage.go
 */
export function reasonToNotify(
  last: NotificationLogEntry | undefined,
  { firing, resolved }: GroupState,
  { sendResolved, repeatIntervalMs, nowMs }: DedupOptions,
): NotificationReason | undefined {
  if (last === undefined) return firing.size > 0 ? 'first notification' : undefined;
  if (!isSubset(firing, last.firing)) {
    return last.firing.size === 0 ? 'first notification' : 'new alerts added';
  }
  if (firing.size === 0) return last.firing.size > 0 ? 'all alerts resolved' : undefined;
  if (sendResolved && !isSubset(resolved, last.resolved)) return 'some alerts resolved';
  return last.atMs < nowMs - repeatIntervalMs ? 'repeat interval elapsed' : undefined;
}

function isSubset(some: ReadonlySet<string>, all: ReadonlySet<string>): boolean {
  for (const item of some) if (!all.has(item)) return false;
  return true;
}
