import { BadInputError, messageOf } from '../kit/app-error.ts';
import { newCause } from '../kit/cause.ts';
import { sleep } from '../kit/sleep.ts';
import { isSameLabels, type Labels } from '../model/labels.ts';
import type { Hop } from '../model/ledger.ts';
import type { AlertGroup } from './alert-group.ts';
import { AlertJournal } from './alert-journal.ts';
import { type AlertRecord, type KeptAlert, nameOf } from './alert-record.ts';
import { AlertStore, fingerprintOf } from './alert-store.ts';
import type { AlertingConfig, ReceiverConfig } from './config/alerting-config.ts';
import { Dispatcher } from './dispatcher.ts';
import { completeAlert, mergeAlerts } from './merge-alert.ts';
import { NotificationLog } from './notification-log.ts';
import { Peers } from './peers/peers.ts';
import type { PeersStatus } from './peers/peers-options.ts';
import { type Placement, Placements } from './placements.ts';
import { ReadSide } from './read-side.ts';
import { ReceiverMemory } from './receiver-memory.ts';
import { receiversOf } from './route-tree.ts';
import { routerMetrics } from './router-metrics.ts';
import { type AlertRouterOptions, type AlertRouting, drillLabel } from './router-options.ts';
import { RouterTools } from './router-tools.ts';
import { RunningConfig } from './running-config.ts';
import type { DeclaredSilence, SilenceBook } from './silence.ts';
import { noticeEveryMs, noticesOf } from './silence-notices.ts';
import { SilenceStore } from './silence-store.ts';
import { Suppression } from './suppression.ts';
import type {
  AlertFilter,
  AlertGroupView,
  AlertView,
  NewAlert,
  ReceiveResult,
  ReceiverView,
  RouterStatus,
} from './views.ts';
import { WriteBehind } from './write-behind.ts';

const maxAlerts = 100_000;
const maintenanceMs = 5 * 60_000;
/** Rules send a resolved alert again for 15 minutes; it is known for longer, so that it is not taken for news. */
const settledKeptMs = 30 * 60_000;
const defaultRetentionMs = 120 * 3_600_000;

/**
 * Takes alerts and sees to it that the right people hear of them, once: routing, grouping, inhibition, silences, time intervals,
 * delivery with retries. What it knows is on disk before it acts on it, so a process that is killed loses and repeats nothing.
 */
export class AlertRouter implements AlertRouting {
  readonly name = 'alert-router';
  readonly silences: SilenceBook;
  readonly #options: AlertRouterOptions;
  readonly #store: AlertStore;
  readonly #writes: WriteBehind;
  readonly #log: NotificationLog;
  readonly #silenceStore: SilenceStore;
  readonly #suppression: Suppression;
  readonly #dispatcher: Dispatcher;
  readonly #peers: Peers | undefined;
  readonly #readSide: ReadSide;
  readonly tools: RouterTools;
  #running: RunningConfig;

  /** @throws {ConfigFileError} when a template of the configuration does not parse, or fails on a sample. */
  constructor(options: AlertRouterOptions) {
    const { config, database, clock, registry } = options;
    this.#options = options;
    this.#running = new RunningConfig(config, options.externalURL, clock);
    this.#store = new AlertStore({
      ...{ database, clock, log: options.log },
      journal: options.journalFolder === undefined ? undefined : new AlertJournal(options.journalFolder),
    });
    this.#writes = new WriteBehind(database, clock, options.log);
    this.#log = new NotificationLog(database, clock, this.#writes);
    this.#silenceStore = new SilenceStore(database, clock, () => this.#changed());
    this.silences = this.#silenceStore;
    this.#suppression = new Suppression(this.#silenceStore, () => this.#running);
    const retentionMs = options.retentionMs ?? defaultRetentionMs;
    const metrics = routerMetrics(registry, () => this.#readSide.counts(), options.lastSuccess ?? (() => {}));
    const memory = new ReceiverMemory(database, clock, retentionMs);
    const shared = { memory, notifications: this.#log, silences: this.#silenceStore, retentionMs };
    this.#peers =
      options.sharing === undefined
        ? undefined
        : new Peers({ ...options, ...options.sharing, ...shared, changed: () => this.#changed() });
    this.#dispatcher = new Dispatcher({
      ...options,
      retentionMs,
      memory,
      turns: this.#peers?.turns,
      emptyGroupsStayMs: options.emptyGroupsStayMs ?? 0,
      store: this.#store,
      writes: this.#writes,
      notifications: this.#log,
      suppression: this.#suppression,
      metrics,
      running: () => this.#running,
      record: (record, hop, decision, detail) => this.#write(record, hop, decision, detail),
      changed: () => this.#changed(),
    });
    this.#readSide = new ReadSide({
      clock,
      store: this.#store,
      suppression: this.#suppression,
      groups: () => this.#dispatcher.groups(),
      lastTold: (record) => this.#dispatcher.lastTold(record),
      running: () => this.#running,
      startedAtMs: clock.now(),
    });
    this.tools = new RouterTools({
      ...options,
      metrics,
      store: this.#store,
      suppression: this.#suppression,
      running: () => this.#running,
    });
    this.#store.load(this.#running.config.resolveTimeoutMs);
    for (const record of this.#store.values()) this.#place(record);
  }

  /** The configuration that is in force. */
  get config(): AlertingConfig {
    return this.#running.config;
  }

  async run(signal: AbortSignal): Promise<void> {
    this.#peers?.start();
    this.#dispatcher.start(signal);
    void this.#noticeSilences(signal);
    while (await sleep(maintenanceMs, signal, this.#options.clock)) {
      try {
        this.#maintain();
      } catch (error) {
        this.#options.log.error({ err: error }, 'alerting state could not be tidied');
      }
    }
    await this.#dispatcher.stopped();
    await this.#peers?.leave();
    this.#writes.close();
    this.#store.close();
    await this.#running.resources.close();
  }

  receive(alerts: readonly NewAlert[]): ReceiveResult {
    const nowMs = this.#options.clock.now();
    const { resolveTimeoutMs } = this.#running.config;
    const problems: string[] = [];
    let accepted = 0;
    const placements = new Placements();
    // What came together is one event, unless the sender knows better.
    const context = { nowMs, resolveTimeoutMs, cause: newCause(nowMs) };
    this.#store.together(() => {
      for (const sent of alerts) {
        try {
          this.#take(completeAlert(sent, context), nowMs, placements);
          accepted++;
        } catch (error) {
          if (!(error instanceof BadInputError)) throw error;
          problems.push(messageOf(error));
        }
      }
    });
    for (const placement of placements.all()) this.#tellPlacement(placement);
    this.#dispatcher.flushDue();
    if (accepted > 0) this.#changed();
    return { accepted, problems };
  }

  alerts(filter: AlertFilter = {}): readonly AlertView[] {
    return this.#readSide.alerts(filter);
  }

  alert(fingerprint: string): AlertView | undefined {
    return this.#readSide.alert(fingerprint);
  }

  groups(filter: AlertFilter = {}): readonly AlertGroupView[] {
    return this.#readSide.alertGroups(filter);
  }

  /** The receivers of the configuration in force, with their settings, which hold secrets. */
  configuredReceivers(): readonly ReceiverConfig[] {
    return this.#running.config.receivers;
  }

  receivers(): readonly ReceiverView[] {
    return this.#running.config.receivers.map(({ name, labels, integrations }) => ({
      name,
      labels,
      integrations: integrations.map(({ kind }) => kind.name),
    }));
  }

  status(): RouterStatus {
    return this.#readSide.status();
  }

  peers(): PeersStatus | undefined {
    return this.#peers?.status();
  }

  wouldReach(labels: Labels): readonly string[] {
    const { [drillLabel]: _drill, ...real } = labels;
    return receiversOf(this.#running.routesOf(real));
  }

  reload(config: AlertingConfig): void {
    // Everything that may fail happens before anything is replaced.
    const next = new RunningConfig(config, this.#options.externalURL, this.#options.clock);
    const old = this.#running;
    this.#running = next;
    this.#dispatcher.regroup(() =>
      this.#store.together(() => {
        for (const record of this.#store.values()) {
          record.groups = [];
          this.#place(record);
        }
      }),
    );
    // What is on its way keeps its connections until it has arrived or given up.
    void this.#dispatcher.idle().then(() => old.resources.close());
    this.#changed();
  }

  declareSilences(silences: readonly DeclaredSilence[]): void {
    this.#silenceStore.declare(silences);
  }

  /** Tells the owners of silences that end soon. */
  async #noticeSilences(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    while (await sleep(noticeEveryMs, signal, clock)) {
      const notices = noticesOf(
        this.#silenceStore.list(),
        ({ matchers }) => this.tools.countMatching(matchers),
        clock,
      );
      if (notices.length === 0) continue;
      try {
        this.receive(notices);
      } catch (error) {
        log.error({ err: error }, 'silences that end soon could not be told of');
      }
    }
  }

  /** One alert, whole and valid, on behalf of {@link receive}. */
  #take(update: KeptAlert, nowMs: number, placements: Placements): void {
    const fingerprint = fingerprintOf(update.labels);
    const known = this.#store.get(fingerprint);
    if (known === undefined) {
      const isResolved = update.endsAtMs <= nowMs;
      if (isResolved && !this.#isAwaited(fingerprint)) return;
      if (this.#store.size >= maxAlerts)
        throw new BadInputError(
          '',
          `there are ${maxAlerts} alerts already; ${update.labels['alertname'] ?? 'the alert'} was refused`,
        );
      const record = this.#store.add(update, fingerprint);
      record.isResolved = isResolved;
      this.#noteNews(record, placements);
      return;
    }
    const merged = mergeAlerts(known.alert, update);
    const isResolved = merged.endsAtMs <= nowMs;
    const isNews = known.isResolved !== isResolved;
    const alert = { ...merged, labels: known.alert.labels, cause: isNews ? update.cause : known.alert.cause };
    const isWorthSaving = !isResolved && differs(known.alert, alert);
    known.alert = alert;
    if (isNews) {
      known.isResolved = isResolved;
      this.#noteNews(known, placements);
    } else if (isResolved) {
      // Said again. Nobody needs to hear it twice, but a receiver that was kept from hearing it gets another chance.
      if (known.isSettled && this.#isAwaited(fingerprint)) this.#bringBack(known);
    } else if (isWorthSaving) this.#store.save(known);
  }

  /** It fires, or has resolved, since just now. */
  #noteNews(record: AlertRecord, placements: Placements): void {
    record.isSettled = false;
    record.changeSeq = this.#store.nextSeq();
    this.#store.save(record);
    const { fingerprint, isResolved, alert } = record;
    const { labels, startsAtMs, endsAtMs } = alert;
    const name = nameOf(record);
    this.#options.ledger({
      atMs: alert.updatedAtMs,
      cause: alert.cause,
      hop: 'alert',
      subject: `alert:${fingerprint}`,
      decision: isResolved ? 'resolved' : 'firing',
      detail: isResolved
        ? { fingerprint, name, labels, startsAtMs, endsAtMs }
        : { fingerprint, name, labels, startsAtMs },
    });
    placements.note(record, this.#place(record));
  }

  #tellPlacement({ records, groups }: Placement): void {
    const [first] = records;
    if (first === undefined) return;
    const detail = {
      receivers: [...new Set(groups.map(({ receiver }) => receiver))],
      groups: groups.map(({ key }) => key),
      routes: [...new Set(first.routes.map(({ key }) => key))],
      ...waitOf(groups),
      ...(first.drill === undefined
        ? {}
        : { drill: first.drill, wouldReach: this.wouldReach(first.alert.labels) }),
    };
    if (records.length === 1) {
      this.#write(first, 'route', 'grouped', detail);
      return;
    }
    this.#options.ledger({
      atMs: this.#options.clock.now(),
      cause: first.alert.cause,
      hop: 'route',
      subject: `group:${groups[0]?.key ?? ''}`,
      decision: 'grouped',
      detail: { fingerprints: records.map(({ fingerprint }) => fingerprint), ...detail },
    });
  }

  /** A resolved alert that left its groups while something held it back goes into them again. */
  #bringBack(record: AlertRecord): void {
    record.isSettled = false;
    record.changeSeq = this.#store.nextSeq();
    this.#store.save(record);
    this.#place(record);
  }

  /** Puts it into its groups, and among those that may inhibit or be inhibited. */
  #place(record: AlertRecord): readonly AlertGroup[] {
    this.#running.inhibitor.remove(record);
    if (record.drill === undefined) this.#running.inhibitor.add(record);
    record.routes =
      record.drill === undefined
        ? this.#running.routesOf(record.alert.labels)
        : [this.#running.drillRoute(this.#options.drillReceiver?.(record.drill))];
    return record.isSettled ? [] : this.#dispatcher.insert(record);
  }

  /** A resolved alert that is not known matters only to a receiver that was told that it fires. */
  #isAwaited(fingerprint: string): boolean {
    return this.#dispatcher.wasNotified(fingerprint);
  }

  #maintain(): void {
    const nowMs = this.#options.clock.now();
    this.#writes.flush();
    this.#store.tidy(() => {
      for (const record of this.#store.values()) {
        if (!record.isSettled || record.alert.endsAtMs > nowMs - settledKeptMs) continue;
        this.#running.inhibitor.remove(record);
        this.#store.delete(record);
      }
      this.#log.collect();
      this.#silenceStore.collect(this.#options.retentionMs ?? defaultRetentionMs);
    });
  }

  #write(record: AlertRecord, hop: Hop, decision: string, detail: Readonly<Record<string, unknown>>): void {
    this.#options.ledger({
      atMs: this.#options.clock.now(),
      cause: record.alert.cause,
      hop,
      subject: `alert:${record.fingerprint}`,
      decision,
      detail: { fingerprint: record.fingerprint, ...detail },
    });
  }

  #changed(): void {
    this.#options.changed?.();
  }
}

/** Whether what people would see differs; times of renewal do not count. */
function differs(old: KeptAlert, now: KeptAlert): boolean {
  return (
    old.startsAtMs !== now.startsAtMs ||
    old.generatorURL !== now.generatorURL ||
    !isSameLabels(old.annotations, now.annotations)
  );
}

/** When the first of the groups is looked at next, and what it waits for until then. */
function waitOf(groups: readonly AlertGroup[]): Readonly<Record<string, unknown>> {
  const next = groups.reduce<AlertGroup | undefined>(
    (first, group) => (first === undefined || group.nextFlushMs < first.nextFlushMs ? group : first),
    undefined,
  );
  if (next === undefined) return {};
  const waitsFor = next.firstFlushMs === undefined ? 'group_wait' : 'group_interval';
  return { nextFlushMs: next.nextFlushMs, waitsFor };
}
