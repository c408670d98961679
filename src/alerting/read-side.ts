import type { Clock } from '../kit/clock.ts';
import { safeRegex } from '../kit/regex.ts';
import { type Labels, labelsKey } from '../model/labels.ts';
import type { AlertGroup } from './alert-group.ts';
import { type AlertRecord, keyOf } from './alert-record.ts';
import type { AlertStore } from './alert-store.ts';
import { labelTest } from './label-test.ts';
import { receiversOf } from './route-tree.ts';
import type { RunningConfig } from './running-config.ts';
import type { Suppression } from './suppression.ts';
import type { AlertFilter, AlertGroupView, AlertStatus, AlertView, RouterStatus } from './views.ts';

export interface ReadSideOptions {
  readonly clock: Clock;
  readonly store: AlertStore;
  readonly suppression: Suppression;
  readonly groups: () => Iterable<AlertGroup>;
  readonly lastTold: (record: AlertRecord) => AlertRecord['lastOutcome'];
  readonly running: () => RunningConfig;
  readonly startedAtMs: number;
}

/** Answers what API v2, amtool and the pages ask; changes nothing. */
export class ReadSide {
  readonly #options: ReadSideOptions;
  #ordered: { readonly version: number; readonly records: readonly AlertRecord[] } = {
    version: -1,
    records: [],
  };

  constructor(options: ReadSideOptions) {
    this.#options = options;
  }

  /** @throws {BadInputError} when a pattern of the filter is not valid. */
  alerts(filter: AlertFilter): readonly AlertView[] {
    const wants = this.#tests(filter);
    const nowMs = this.#options.clock.now();
    const views: AlertView[] = [];
    for (const record of this.#inOrder()) {
      if (!isFiring(record, nowMs) || !wants.labels(record.alert.labels)) continue;
      const view = this.#view(record, nowMs);
      if (wants.state(view.status) && view.receivers.some(wants.receiver)) views.push(view);
    }
    return views;
  }

  alert(fingerprint: string): AlertView | undefined {
    const record = this.#options.store.get(fingerprint);
    return record === undefined ? undefined : this.#view(record, this.#options.clock.now());
  }

  /** @throws {BadInputError} when a pattern of the filter is not valid. */
  alertGroups(filter: AlertFilter): readonly AlertGroupView[] {
    const wants = this.#tests(filter);
    const nowMs = this.#options.clock.now();
    const views: AlertGroupView[] = [];
    for (const group of this.#options.groups()) {
      if (!wants.receiver(group.receiver)) continue;
      const all = [...group.alerts.values()].filter((record) => isFiring(record, nowMs));
      const alerts = all
        .filter((record) => wants.labels(record.alert.labels))
        .sort(byKey)
        .map((record) => this.#view(record, nowMs))
        .filter((view) => wants.state(view.status));
      if (alerts.length === 0) continue;
      if (filter.muted === false && alerts.every(({ status }) => status.state === 'suppressed')) continue;
      views.push({
        key: group.key,
        labels: group.labels,
        routeLabels: this.#options.running().templates.routeLabels(group, { firing: all, resolved: [] }),
        receiver: group.receiver,
        alerts,
      });
    }
    return sortedBy(views, (view) => `${labelsKey(view.labels)}\0${view.receiver}`);
  }

  /** How many fire, by state. */
  counts(): Record<AlertStatus['state'], number> {
    const counts = { active: 0, suppressed: 0, unprocessed: 0 };
    const nowMs = this.#options.clock.now();
    for (const record of this.#options.store.values())
      if (isFiring(record, nowMs)) counts[this.#status(record, nowMs).state]++;
    return counts;
  }

  status(): RouterStatus {
    const { store, running, startedAtMs } = this.#options;
    const { active, suppressed, unprocessed } = this.counts();
    const firing = active + unprocessed;
    return {
      startedAtMs,
      configFile: running().config.file,
      configText: running().config.redactedText,
      alerts: { firing, suppressed, resolved: store.size - firing - suppressed },
      groups: [...this.#options.groups()].length,
    };
  }

  /** Every record in order of labels; the order is made anew when alerts came or went. */
  #inOrder(): readonly AlertRecord[] {
    const { store } = this.#options;
    if (this.#ordered.version !== store.version)
      this.#ordered = { version: store.version, records: [...store.values()].sort(byKey) };
    return this.#ordered.records;
  }

  #view(record: AlertRecord, nowMs: number): AlertView {
    const { labels, annotations, startsAtMs, endsAtMs, updatedAtMs, generatorURL } = record.alert;
    const lastNotification = this.#options.lastTold(record);
    return {
      fingerprint: record.fingerprint,
      labels,
      annotations,
      startsAtMs,
      endsAtMs,
      updatedAtMs,
      generatorURL,
      receivers: receiversOf(record.routes),
      status: this.#status(record, nowMs),
      ...(lastNotification === undefined ? {} : { lastNotification }),
    };
  }

  #status(record: AlertRecord, nowMs: number): AlertStatus {
    const { suppression } = this.#options;
    const silencedBy = suppression.silencedBy(record, nowMs);
    const inhibitedBy = suppression.inhibitedBy(record, nowMs);
    const mutedBy = record.drill === undefined ? this.#mutedBy(record, nowMs) : none;
    const isSuppressed = silencedBy.length + inhibitedBy.length > 0 || mutedBy.length > 0;
    const state = isSuppressed ? 'suppressed' : record.isProcessed ? 'active' : 'unprocessed';
    return { state, silencedBy, inhibitedBy, mutedBy };
  }

  #mutedBy({ routes }: AlertRecord, nowMs: number): readonly string[] {
    const { suppression } = this.#options;
    let names: readonly string[] = none;
    for (const { config } of routes) {
      const own = suppression.mutedBy(config, nowMs);
      if (own.length > 0) names = names.length === 0 ? own : [...new Set([...names, ...own])];
    }
    return names;
  }

  #tests(filter: AlertFilter) {
    const labels = labelTest(filter.matchers ?? []);
    const pattern = filter.receiver === undefined ? undefined : safeRegex(filter.receiver);
    const ofReceiver = labelTest(filter.receiverMatchers ?? []);
    const known = new Map<string, Labels>(
      this.#options.running().config.receivers.map((receiver) => [receiver.name, receiver.labels]),
    );
    return {
      labels,
      receiver: (name: string) => (pattern?.matches(name) ?? true) && ofReceiver(known.get(name) ?? { name }),
      state: ({ state, silencedBy, inhibitedBy, mutedBy }: AlertStatus) =>
        (filter.active !== false || state !== 'active') &&
        (filter.unprocessed !== false || state !== 'unprocessed') &&
        (filter.silenced !== false || silencedBy.length === 0) &&
        (filter.inhibited !== false || inhibitedBy.length === 0) &&
        (filter.muted !== false || mutedBy.length === 0),
    };
  }
}

const none: readonly string[] = [];

function byKey(a: AlertRecord, b: AlertRecord): number {
  const [left, right] = [keyOf(a), keyOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function isFiring(record: AlertRecord, nowMs: number): boolean {
  return !record.isResolved && record.alert.endsAtMs > nowMs;
}

/** Each key is made once. */
function sortedBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] {
  return items
    .map((item) => ({ item, key: keyOf(item) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ item }) => item);
}
