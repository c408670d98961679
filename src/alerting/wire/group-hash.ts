import { createHash } from 'node:crypto';

/** What services know a group by: short, and the same for as long as the group lives. Alertmanager's is the same. */
export function groupHash(groupKey: string): string {
  return createHash('sha256').update(groupKey).digest('hex');
}
