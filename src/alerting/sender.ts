import type { Clock } from '../kit/clock.ts';
import { fnv1a64 } from '../kit/hash.ts';
import type { Logger } from '../log/logger.ts';
import type { Ledger } from '../model/ledger.ts';
import type { AlertGroup } from './alert-group.ts';
import { buildNotification, causesOf, type Snapshot, withoutChanged } from './build-notification.ts';
import { type NotificationLogEntry, reasonToNotify } from './dedup.ts';
import { deliver } from './delivery.ts';
import type { InboxStore } from './inbox-store.ts';
import type { Integration } from './lane.ts';
import type { NotificationReason } from './notification.ts';
import type { NotificationLog } from './notification-log.ts';
import type { Turn, TurnAnswer, Turns } from './peers/turn.ts';
import type { ReceiverMemory } from './receiver-memory.ts';
import type { RouterMetrics } from './router-metrics.ts';
import type { RunningConfig } from './running-config.ts';

export interface SenderOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly ledger: Ledger;
  readonly inbox: InboxStore;
  readonly externalURL: string;
  readonly retentionMs: number;
  readonly notifications: NotificationLog;
  readonly memory: ReceiverMemory;
  readonly metrics: RouterMetrics;
  readonly running: () => RunningConfig;
  /** Given when other processes tell of the same alerts. */
  readonly turns?: Turns | undefined;
}

/** Why, of what, and on which way an integration is to be told. */
export interface Plan {
  readonly lane: string;
  readonly snapshot: Snapshot;
  readonly last: NotificationLogEntry | undefined;
}

/** Retries go on for at least this long, however short the group's interval. */
const minRetryMs = 10_000;
/** In groups with a short interval, what a receiver refused is not sent again at every turn, but after at most this long. */
const maxHoldMs = 60_000;

/** Tells an integration what is news of a group, and notes that it was told. */
export class Sender {
  readonly #options: SenderOptions;
  /** Lanes whose last notification could not be delivered: when the same may be tried again. */
  readonly #refused = new Map<
    string,
    { readonly id: string; readonly times: number; readonly untilMs: number }
  >();

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** Why there is something to say after `last`; undefined when there is not. */
  reason(
    group: AlertGroup,
    { config }: Integration,
    { firing, resolved, atMs }: Snapshot,
    last: NotificationLogEntry | undefined,
  ): NotificationReason | undefined {
    if (firing.length + resolved.length === 0) return undefined;
    return reasonToNotify(
      last,
      { firing: fingerprints(firing), resolved: fingerprints(resolved) },
      {
        sendResolved: config.sendResolved,
        repeatIntervalMs: group.node.config.repeatIntervalMs,
        nowMs: atMs + this.#options.notifications.aheadMs,
      },
    );
  }

  /** Whether it is the same news again, and the receiver refused it a moment ago. */
  isHeld({ lane, snapshot, last }: Plan): boolean {
    const refused = this.#refused.get(lane);
    return (
      refused !== undefined &&
      refused.id === notificationId(lane, snapshot, last) &&
      this.#options.clock.now() < refused.untilMs
    );
  }

  /** Nothing is known of this lane any more. */
  forget(lane: string): void {
    this.#refused.delete(lane);
  }

  /** @returns whether the receiver knows, or needs not know, everything up to the snapshot */
  async send(group: AlertGroup, integration: Integration, plan: Plan, signal: AbortSignal): Promise<boolean> {
    const { clock, notifications } = this.#options;
    const { lane, snapshot, last } = plan;
    // A receiver that does not want resolved alerts is not told, but what was sent is crossed off.
    const isSilent =
      snapshot.firing.length === 0 && !(integration.config.sendResolved && snapshot.resolved.length > 0);
    const turn = integration.config.kind.isOwn ? undefined : this.#options.turns?.of(lane);
    const outcome = isSilent
      ? 'delivered'
      : await integration.gate.pass(() => this.#deliver(group, integration, plan, turn, signal), signal);
    if (outcome === 'delivered') {
      const nowMs = clock.now() + notifications.aheadMs;
      notifications.put(
        lane,
        {
          atMs: nowMs,
          firing: fingerprints(snapshot.firing),
          resolved: fingerprints(snapshot.resolved),
        },
        nowMs + Math.min(this.#options.retentionMs, 2 * group.node.config.repeatIntervalMs),
      );
    }
    turn?.end();
    if (outcome === 'delivered' || outcome === 'told') {
      this.#refused.delete(lane);
      return true;
    }
    const id = notificationId(lane, snapshot, last);
    const before = this.#refused.get(lane);
    const times = before?.id === id ? before.times + 1 : 1;
    const waitMs = Math.min(maxHoldMs, minRetryMs * 2 ** (times - 1));
    this.#refused.set(lane, { id, times, untilMs: clock.now() + waitMs });
    return false;
  }

  async #deliver(
    group: AlertGroup,
    integration: Integration,
    { lane, snapshot, last: known }: Plan,
    turn: Turn | undefined,
    signal: AbortSignal,
  ): Promise<'delivered' | 'failed' | 'told'> {
    const { running, memory } = this.#options;
    let last = known;
    // What a peer told meanwhile may be newer than what was taken here: what changed since is left to the next look.
    const begin = async (turn: Turn): Promise<TurnAnswer['kind']> => {
      const answer = await turn.begin(
        (told) =>
          this.reason(group, integration, snapshot, told) !== undefined &&
          (told?.atMs === known?.atMs ||
            this.reason(group, integration, withoutChanged(snapshot), told) !== undefined),
        signal,
      );
      if (answer.kind === 'told') this.#noteTold(group, integration, snapshot, { last, by: answer.by });
      if (answer.kind === 'mine') last = answer.last;
      return answer.kind;
    };
    // Without peers nothing is waited for: what is due is on its way before the caller goes on.
    const first = turn === undefined ? 'mine' : await begin(turn);
    if (first !== 'mine') return first === 'told' ? 'told' : 'failed';
    const reason = this.reason(group, integration, snapshot, last);
    if (reason === undefined) return 'told';
    const { templates, resources } = running();
    const notification = buildNotification(group, snapshot, {
      id: notificationId(lane, snapshot, last),
      receiver: group.receiver,
      reason,
      externalURL: this.#options.externalURL,
      routeLabels: templates.routeLabels(group, snapshot),
      sendResolved: integration.config.sendResolved,
    });
    return deliver(
      notification,
      integration,
      {
        deadlineMs: snapshot.atMs + Math.max(group.node.config.groupIntervalMs, minRetryMs),
        causes: causesOf(snapshot, last),
      },
      {
        ...this.#options,
        memory,
        resources,
        engineFor: (of) => templates.engineFor(of),
        outcome: (outcome) => this.#noteOutcome(snapshot, group.receiver, outcome),
        paused: () => turn?.end(),
        resumed: async () => turn === undefined || (await begin(turn)) !== 'told',
      },
      signal,
    );
  }

  #noteTold(
    group: AlertGroup,
    { name }: Integration,
    snapshot: Snapshot,
    { last, by }: { readonly last: NotificationLogEntry | undefined; readonly by: string },
  ): void {
    const { clock, ledger } = this.#options;
    for (const [cause, all] of causesOf(snapshot, last))
      ledger({
        atMs: clock.now(),
        cause,
        hop: 'route',
        subject: `group:${group.key}`,
        decision: 'deduplicated',
        detail: {
          receiver: group.receiver,
          integration: name,
          fingerprints: all,
          why: `${by} told it`,
          peer: by,
        },
      });
  }

  #noteOutcome(
    { firing, resolved }: Snapshot,
    receiver: string,
    outcome: 'delivered' | 'failed' | 'retrying',
  ): void {
    const last = { atMs: this.#options.clock.now(), receiver, outcome };
    for (const record of [...firing, ...resolved]) record.lastOutcome = last;
  }
}

function fingerprints(records: Snapshot['firing']): Set<string> {
  return new Set(records.map(({ fingerprint }) => fingerprint));
}

/** The same for the same news after the same last notification, so that a crash between delivery and log does not show. */
function notificationId(lane: string, snapshot: Snapshot, last: NotificationLogEntry | undefined): string {
  const parts = [...snapshot.firing, ...snapshot.resolved].flatMap(({ fingerprint, isResolved, alert }) => [
    fingerprint,
    isResolved ? 'r' : 'f',
    String(alert.startsAtMs),
  ]);
  return fnv1a64([lane, String(last?.atMs ?? 0), ...parts]);
}
