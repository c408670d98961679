import type { AlertRecord } from './alert-record.ts';
import type { RouteConfig } from './config/alerting-config.ts';
import type { RunningConfig } from './running-config.ts';
import type { SilenceStore } from './silence-store.ts';
import { isWithin } from './time-interval.ts';

/** What keeps an alert from being notified of: by silences, by other alerts, by the hour. Drills are never suppressed. */
export class Suppression {
  readonly #silences: SilenceStore;
  readonly #running: () => RunningConfig;
  readonly #muted = new WeakMap<RouteConfig, { readonly minute: number; readonly by: readonly string[] }>();

  constructor(silences: SilenceStore, running: () => RunningConfig) {
    this.#silences = silences;
    this.#running = running;
  }

  /** Ids of active silences that match. */
  silencedBy(record: AlertRecord, nowMs: number): readonly string[] {
    if (record.drill !== undefined) return [];
    const { version } = this.#silences;
    if (record.silences.version !== version)
      record.silences = { version, ids: this.#silences.matching(record.alert.labels) };
    const { ids } = record.silences;
    return ids.length === 0 ? ids : ids.filter((id) => this.#silences.isActive(id, nowMs));
  }

  /** Fingerprints of alerts that inhibit it. */
  inhibitedBy(record: AlertRecord, nowMs: number): readonly string[] {
    return record.drill === undefined ? this.#running().inhibitor.inhibitedBy(record, nowMs) : [];
  }

  /** Names of the time intervals that mute a route now: those of its mute intervals that hold, or its active ones when none does. */
  mutedBy(route: RouteConfig, nowMs: number): readonly string[] {
    if (route.activeTimeIntervals.length + route.muteTimeIntervals.length === 0) return none;
    // Intervals begin and end with minutes; zones make asking dear.
    const minute = Math.floor(nowMs / 60_000);
    const known = this.#muted.get(route);
    if (known?.minute === minute) return known.by;
    const by = this.#askMutedBy(route, nowMs);
    this.#muted.set(route, { minute, by });
    return by;
  }

  #askMutedBy(route: RouteConfig, nowMs: number): readonly string[] {
    const holds = (name: string) =>
      this.#running()
        .config.timeIntervals.get(name)
        ?.some((interval) => isWithin(interval, nowMs)) ?? false;
    const { activeTimeIntervals: active, muteTimeIntervals: mute } = route;
    if (active.length > 0 && !active.some(holds)) return active;
    return mute.filter(holds);
  }
}

const none: readonly string[] = [];
