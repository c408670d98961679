import { setMaxListeners } from 'node:events';
import type { Hop } from '../model/ledger.ts';
import type { Database } from '../store/database.ts';
import { AlertGroup, groupIdOf, isOfGroup, nextTick } from './alert-group.ts';
import { type AlertRecord, nameOf } from './alert-record.ts';
import type { AlertStore } from './alert-store.ts';
import type { Snapshot } from './build-notification.ts';
import { Decisions } from './decisions.ts';
import { type Integration, laneKey } from './lane.ts';
import { lastTold } from './last-told.ts';
import { LateRows } from './late-rows.ts';
import { groupKeyOf, groupLabelsOf, type RouteNode } from './route-tree.ts';
import { Sender, type SenderOptions } from './sender.ts';
import { sortAlerts } from './sort-alerts.ts';
import type { Suppression } from './suppression.ts';
import type { WriteBehind } from './write-behind.ts';

export interface DispatcherOptions extends SenderOptions {
  readonly database: Database;
  readonly emptyGroupsStayMs: number;
  readonly store: AlertStore;
  readonly writes: WriteBehind;
  readonly suppression: Suppression;
  readonly record: (
    record: AlertRecord,
    hop: Hop,
    decision: string,
    detail: Readonly<Record<string, unknown>>,
  ) => void;
  readonly changed: () => void;
}

/** Resolved alerts whose receiver has been away for so long are given up. */
const undeliverableMs = 24 * 3_600_000;
/** On shutdown, what is on its way gets this long to arrive. */
const graceMs = 3000;

interface GroupTimer {
  /** Undefined before it. */
  readonly firstFlushMs: number | undefined;
  /** When it is to be, or was, flushed first. */
  readonly dueMs: number;
}

/** Groups alerts, flushes groups when their timers say so, and sends what is news, each integration in its own time. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #groups = new Map<string, AlertGroup>();
  /** Timers of groups by id, as kept on disk. */
  readonly #timers = new Map<string, GroupTimer>();
  /** Lanes that are sending; true when the group was flushed meanwhile. */
  readonly #busy = new Map<string, { again: boolean }>();
  readonly #inFlight = new Set<Promise<void>>();
  readonly #due = new Set<AlertGroup>();
  /** The group that an alert was put into last: the next one often belongs there too. */
  #last: AlertGroup | undefined;
  readonly #abort = new AbortController();
  readonly #decisions: Decisions;
  readonly #sender: Sender;
  readonly #timerRows: LateRows;
  #isRunning = false;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    // As many listen to it as notifications are on their way.
    setMaxListeners(0, this.#abort.signal);
    this.#sender = new Sender(options);
    const { database } = options;
    this.#decisions = new Decisions(options);
    this.#timerRows = new LateRows({
      ...{ database, writes: options.writes, table: 'alerting_groups' },
      columns: ['id', 'first_flush_ms', 'due_ms'],
    });
    for (const row of database.prepare('SELECT * FROM alerting_groups').all())
      this.#timers.set(String(row['id']), {
        firstFlushMs: Number(row['first_flush_ms']) || undefined,
        dueMs: Number(row['due_ms']),
      });
  }

  groups(): Iterable<AlertGroup> {
    return this.#groups.values();
  }

  /** Starts the timers. */
  start(signal: AbortSignal): void {
    this.#isRunning = true;
    for (const id of [...this.#timers.keys()]) if (!this.#groups.has(id)) this.#forget(id);
    for (const group of this.#groups.values()) {
      this.#arm(group);
      if (this.#isOwed(group)) this.#due.add(group);
    }
    this.flushDue();
    signal.addEventListener('abort', () => {
      this.#isRunning = false;
      for (const group of this.#groups.values()) group.cancelTimer?.();
      const cancel = this.#options.clock.timer(graceMs, () => this.#abort.abort());
      void this.idle().then(cancel);
    });
  }

  /**
   * Whether it was flushed before and holds a firing alert that one of its integrations was not told of: the end of the last process
   * may have cut that notification off, and the others are no reason to wait.
   */
  #isOwed(group: AlertGroup): boolean {
    if (group.firstFlushMs === undefined) return false;
    const { clock, notifications } = this.#options;
    const nowMs = clock.now();
    const firing = [...group.alerts.values()].filter(({ alert }) => alert.endsAtMs > nowMs);
    return this.#integrationsOf(group).some((integration) => {
      const told = notifications.get(laneKey(group.key, integration))?.firing;
      return firing.some(({ fingerprint }) => told?.has(fingerprint) !== true);
    });
  }

  /** Resolves when nothing is on its way any more. */
  async idle(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
  }

  async stopped(): Promise<void> {
    await this.idle();
  }

  /** Puts an alert into the groups of its routes, making them where needed. */
  insert(record: AlertRecord): readonly AlertGroup[] {
    const nowMs = this.#options.clock.now();
    return record.routes.map((node) => {
      const group = this.#groupFor(node, record);
      group.alerts.set(record.fingerprint, record);
      group.emptySinceMs = undefined;
      if (!record.groups.includes(group.id)) record.groups = [...record.groups, group.id];
      const { startsAtMs } = record.alert;
      // An alert that has fired for longer than the wait is not kept waiting again.
      if (group.firstFlushMs === undefined && startsAtMs + node.config.groupWaitMs <= nowMs)
        group.nextFlushMs = Math.min(group.nextFlushMs, nowMs);
      if (group.nextFlushMs <= nowMs) this.#due.add(group);
      return group;
    });
  }

  /** Whether any receiver was last told that this alert fires. */
  wasNotified(fingerprint: string): boolean {
    return this.#options.notifications.hasFiring(fingerprint);
  }

  /** Who was last told of it; a failure is known only while this process runs. */
  lastTold(record: AlertRecord): AlertRecord['lastOutcome'] {
    if (record.lastOutcome !== undefined) return record.lastOutcome;
    const groups = record.groups.flatMap((id) => this.#groups.get(id) ?? []);
    return lastTold(record, groups, (group) => this.#integrationsOf(group), this.#options.notifications);
  }

  /** Flushes, at once, groups whose time has come. */
  flushDue(): void {
    if (!this.#isRunning) return;
    const due = [...this.#due];
    this.#due.clear();
    for (const group of due) if (this.#groups.get(group.id) === group) this.#tick(group);
  }

  /** Makes all groups anew, `refill` inserting every alert again; timers of groups that come back go on. */
  regroup(refill: () => void): void {
    for (const group of this.#groups.values()) group.cancelTimer?.();
    this.#groups.clear();
    this.#due.clear();
    refill();
    for (const id of [...this.#timers.keys()]) if (!this.#groups.has(id)) this.#forget(id);
    if (!this.#isRunning) return;
    for (const group of this.#groups.values()) this.#arm(group);
    this.flushDue();
  }

  #groupFor(node: RouteNode, record: AlertRecord): AlertGroup {
    const last = this.#last;
    if (last?.node === node && isOfGroup(last, record.alert.labels) && this.#groups.get(last.id) === last)
      return last;
    const group = this.#findOrMake(node, record);
    this.#last = group;
    return group;
  }

  #findOrMake(node: RouteNode, record: AlertRecord): AlertGroup {
    const { clock } = this.#options;
    const labels = groupLabelsOf(node, record.alert.labels);
    const id = groupIdOf(node, groupKeyOf(node, labels));
    const known = this.#groups.get(id);
    if (known !== undefined) return known;
    const nowMs = clock.now();
    const { groupWaitMs, groupIntervalMs } = node.config;
    const timer = this.#timers.get(id) ?? { firstFlushMs: undefined, dueMs: nowMs + groupWaitMs };
    const group = new AlertGroup(node, labels, {
      isDrill: record.drill !== undefined,
      nextFlushMs:
        timer.firstFlushMs === undefined ? timer.dueMs : nextTick(timer.firstFlushMs, groupIntervalMs, nowMs),
    });
    group.firstFlushMs = timer.firstFlushMs;
    this.#groups.set(id, group);
    // A group that is told of within this call needs no memory of when it would have been.
    if (groupWaitMs > 0 && !this.#timers.has(id)) this.#keepTimer(id, timer);
    this.#arm(group);
    return group;
  }

  #arm(group: AlertGroup): void {
    group.cancelTimer?.();
    if (!this.#isRunning) return;
    const { clock } = this.#options;
    group.cancelTimer = clock.timer(group.nextFlushMs - clock.now(), () => this.#tick(group));
  }

  #tick(group: AlertGroup): void {
    if (!this.#isRunning || this.#groups.get(group.id) !== group) return;
    const nowMs = this.#options.clock.now();
    const isFirst = group.firstFlushMs === undefined;
    group.firstFlushMs ??= nowMs;
    group.nextFlushMs = nextTick(group.firstFlushMs, group.node.config.groupIntervalMs, nowMs + 1);
    this.#due.delete(group);
    this.#arm(group);
    if (isFirst) this.#keepTimer(group.id, { firstFlushMs: nowMs, dueMs: nowMs });
    this.#guard(group.key, () => this.#flush(group));
  }

  /** A disk that is full must not end the process, nor keep people from being told: what is in memory goes on. */
  #guard(group: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#options.log.error({ err: error, group }, 'alert group could not be kept or flushed');
    }
  }

  #flush(group: AlertGroup): void {
    const snapshot = this.#snapshot(group);
    for (const integration of this.#integrationsOf(group)) this.#send(group, integration, snapshot);
    this.#prune(group);
  }

  #integrationsOf(group: AlertGroup): readonly Integration[] {
    return this.#options.running().receiver(group.receiver)?.integrations ?? [];
  }

  /** What of the group may be notified of now. Notes alerts that ran out without being renewed, and those that are held back. */
  #snapshot(group: AlertGroup): Snapshot {
    const { clock, store, suppression } = this.#options;
    const nowMs = clock.now();
    const ranOut = [...group.alerts.values()].filter(
      (record) => !record.isResolved && record.alert.endsAtMs <= nowMs,
    );
    if (ranOut.length > 0)
      store.together(() => {
        for (const record of ranOut) this.#runOut(record);
      });
    const muted = group.isDrill ? [] : suppression.mutedBy(group.node.config, nowMs);
    const shown = [...group.alerts.values()].filter((record) => {
      record.isProcessed = true;
      return !this.#decisions.isHeldBack(group, record, muted, nowMs);
    });
    const sorted = sortAlerts(shown);
    return {
      atMs: nowMs,
      seq: store.seq,
      firing: sorted.filter((record) => !record.isResolved),
      resolved: sorted.filter((record) => record.isResolved),
    };
  }

  #runOut(record: AlertRecord): void {
    const { store, record: write } = this.#options;
    record.isResolved = true;
    record.changeSeq = store.nextSeq();
    store.save(record);
    write(record, 'alert', 'resolved', {
      name: nameOf(record),
      reason: 'it was not renewed before its end',
      endsAtMs: record.alert.endsAtMs,
    });
  }

  #send(group: AlertGroup, integration: Integration, snapshot: Snapshot): void {
    const lane = laneKey(group.key, integration);
    const busy = this.#busy.get(lane);
    if (busy !== undefined) {
      busy.again = true;
      return;
    }
    const last = this.#options.notifications.get(lane);
    if (this.#sender.reason(group, integration, snapshot, last) === undefined) {
      this.#decisions.deduplicated(group, integration, snapshot, { lane, last });
      group.doneSeq.set(lane, snapshot.seq);
      return;
    }
    const plan = { lane, snapshot, last };
    if (this.#sender.isHeld(plan)) return;
    const state = { again: false };
    this.#busy.set(lane, state);
    const work = this.#sender
      .send(group, integration, plan, this.#abort.signal)
      .then((isDone) => {
        if (isDone) (this.#groups.get(group.id) ?? group).doneSeq.set(lane, snapshot.seq);
        this.#options.changed();
      })
      .catch((error: unknown) => this.#options.log.error({ err: error, lane }, 'notification broke off'))
      .finally(() => {
        this.#busy.delete(lane);
        this.#inFlight.delete(work);
        const current = this.#groups.get(group.id);
        if (current === undefined || !this.#isRunning) return;
        // By name: the configuration may have been reloaded meanwhile.
        const same = this.#integrationsOf(current).find(({ name }) => name === integration.name);
        this.#guard(current.key, () => {
          if (state.again && same !== undefined) this.#send(current, same, this.#snapshot(current));
          this.#prune(current);
        });
      });
    this.#inFlight.add(work);
  }

  /** Takes out resolved alerts that every integration has heard of, and groups that are empty then. */
  #prune(group: AlertGroup): void {
    const { clock, store } = this.#options;
    const lanes = this.#integrationsOf(group).map((of) => laneKey(group.key, of));
    const nowMs = clock.now();
    const told = [...group.alerts.values()].filter(
      (record) =>
        record.isResolved &&
        record.isProcessed &&
        (record.alert.endsAtMs < nowMs - undeliverableMs ||
          lanes.every((lane) => (group.doneSeq.get(lane) ?? -1) >= record.changeSeq)),
    );
    if (told.length > 0)
      store.together(() => {
        for (const record of told) {
          group.alerts.delete(record.fingerprint);
          group.suppressed.delete(record.fingerprint);
          record.groups = record.groups.filter((id) => id !== group.id);
          if (record.groups.length > 0) continue;
          record.isSettled = true;
          store.save(record);
        }
      });
    if (group.alerts.size > 0) {
      group.emptySinceMs = undefined;
      return;
    }
    group.emptySinceMs ??= nowMs;
    if (nowMs < group.emptySinceMs + this.#options.emptyGroupsStayMs) return;
    group.cancelTimer?.();
    this.#groups.delete(group.id);
    for (const lane of lanes) this.#sender.forget(lane);
    this.#forget(group.id);
  }

  #keepTimer(id: string, timer: GroupTimer): void {
    this.#timers.set(id, timer);
    this.#timerRows.set(id, () => [timer.firstFlushMs ?? 0, timer.dueMs]);
  }

  #forget(id: string): void {
    if (this.#timers.delete(id)) this.#timerRows.delete(id);
  }
}
