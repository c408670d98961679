import type { Hop } from '../model/ledger.ts';
import type { AlertGroup } from './alert-group.ts';
import type { AlertRecord } from './alert-record.ts';
import type { Snapshot } from './build-notification.ts';
import type { NotificationLogEntry } from './dedup.ts';
import type { Integration } from './lane.ts';
import type { Suppression } from './suppression.ts';

export interface DecisionsOptions {
  readonly suppression: Suppression;
  readonly record: (
    record: AlertRecord,
    hop: Hop,
    decision: string,
    detail: Readonly<Record<string, unknown>>,
  ) => void;
}

/** Why alerts of a group are not told of, written into the ledger when it changes. */
export class Decisions {
  readonly #options: DecisionsOptions;

  constructor(options: DecisionsOptions) {
    this.#options = options;
  }

  /** @param muted names of the time intervals that mute the group's route */
  isHeldBack(group: AlertGroup, record: AlertRecord, muted: readonly string[], nowMs: number): boolean {
    const { suppression, record: write } = this.#options;
    let decision = 'inhibited';
    let by = suppression.inhibitedBy(record, nowMs);
    if (by.length === 0) [decision, by] = ['muted', muted];
    if (by.length === 0) [decision, by] = ['silenced', suppression.silencedBy(record, nowMs)];
    const now = by.length === 0 ? '' : `${decision} ${by.join(' ')}`;
    const before = group.suppressed.get(record.fingerprint) ?? '';
    if (now === before) return now !== '';
    const detail = { group: group.key, receiver: group.receiver };
    if (now === '') {
      group.suppressed.delete(record.fingerprint);
      write(record, 'route', 'released', { ...detail, was: before });
    } else {
      group.suppressed.set(record.fingerprint, now);
      write(record, 'route', decision, { ...detail, by });
    }
    return now !== '';
  }

  /** Alerts that changed, and that an integration is told nothing of because it has nothing new to learn. */
  deduplicated(
    group: AlertGroup,
    { name }: Integration,
    { firing, resolved }: Snapshot,
    { lane, last }: { readonly lane: string; readonly last: NotificationLogEntry | undefined },
  ): void {
    const done = group.doneSeq.get(lane) ?? 0;
    for (const record of [...firing, ...resolved]) {
      if (record.changeSeq <= done) continue;
      this.#options.record(record, 'route', 'deduplicated', {
        group: group.key,
        receiver: group.receiver,
        integration: name,
        why:
          last === undefined
            ? 'it ended before anybody was told'
            : record.isResolved
              ? 'nobody waits for its end'
              : 'it was told already, and has not ended for the receiver',
        ...(last === undefined ? {} : { toldAtMs: last.atMs }),
      });
    }
  }
}
