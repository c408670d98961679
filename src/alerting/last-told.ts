import type { AlertGroup } from './alert-group.ts';
import type { AlertRecord } from './alert-record.ts';
import { type Integration, laneKey } from './lane.ts';
import type { NotificationLog } from './notification-log.ts';

/**
 * Who was last told of an alert by what the log has of its groups, which knows of what was sent before a restart, and by peers.
 * What failed is not in it.
 */
export function lastTold(
  { fingerprint }: AlertRecord,
  groups: Iterable<AlertGroup>,
  integrationsOf: (group: AlertGroup) => readonly Integration[],
  log: NotificationLog,
): AlertRecord['lastOutcome'] {
  let newest: AlertRecord['lastOutcome'];
  for (const group of groups) {
    for (const integration of integrationsOf(group)) {
      const entry = log.get(laneKey(group.key, integration));
      if (entry === undefined) continue;
      // Ends are in the entry of a receiver, too, that does not want to hear of them.
      const knows =
        entry.firing.has(fingerprint) || (integration.config.sendResolved && entry.resolved.has(fingerprint));
      const atMs = entry.atMs - log.aheadMs;
      if (knows && (newest === undefined || atMs > newest.atMs))
        newest = { atMs, receiver: group.receiver, outcome: 'delivered' };
    }
  }
  return newest;
}
