import type { PushRequest, PushSource, ShownGroup } from '../api/pushgateway/source.ts';
import { groupingOf } from '../exporters/push/grouping.ts';
import { readProtobufBody } from '../exporters/push/protobuf-body.ts';
import { type PushGroup, timeFamilies } from '../exporters/push/push-group.ts';
import { type GroupKeeper, PushGroups } from '../exporters/push/push-groups.ts';
import { PushWriter } from '../exporters/push/push-writer.ts';
import type { PushSettings } from '../exporters/push/settings.ts';
import { readTextBody } from '../exporters/push/text-body.ts';
import { messageOf } from '../kit/app-error.ts';
import { newCause } from '../kit/cause.ts';
import type { Clock } from '../kit/clock.ts';
import type { Component } from '../kit/component.ts';
import { sleep } from '../kit/sleep.ts';
import type { Logger } from '../log/logger.ts';
import { formatLabels, type Labels } from '../model/labels.ts';
import type { Ledger } from '../model/ledger.ts';
import type { MetricFamily } from '../model/metric.ts';
import type { TimeSeriesStore } from '../tsdb/store.ts';

export interface PushRoleOptions {
  readonly settings: PushSettings;
  readonly keeper: GroupKeeper;
  readonly clock: Clock;
  readonly log: Logger;
  readonly store: Pick<TimeSeriesStore, 'appendColumns' | 'handleOf' | 'isHandle'>;
  readonly ledger: Ledger;
  /** `RuleManager.inputsChanged`: says how many of the series any rule reads. */
  readonly inputsChanged: (series: readonly Labels[], cause: string) => number;
}

/** Series that rules and pages believe: nobody else may write them. */
const ownNames = /^(?:skopos_.*|kubescape_.*|up|ALERTS|ALERTS_FOR_STATE)$/;

/** The role `push`: what jobs push is kept, written into the store at once and now and then, and wakes the rules that read it. */
export class PushRole implements Component {
  readonly name = 'push';
  readonly groups: PushGroups;
  readonly #options: PushRoleOptions;
  readonly #writer: PushWriter;

  constructor(options: PushRoleOptions) {
    const { settings, keeper, clock, store } = options;
    this.#options = options;
    this.#writer = new PushWriter(store, clock);
    this.groups = new PushGroups({
      ...{ clock, keeper, maxGroups: settings.max_groups, maxSeries: settings.max_series },
      ...(settings.time_to_live === undefined ? {} : { timeToLiveMs: settings.time_to_live }),
      rules: {
        utf8Names: settings.utf8_names,
        reserved: (name) =>
          ownNames.test(name) ? 'is written by Skopos alone: give it another name' : undefined,
      },
      changed: (key, group) => this.#tell(key, group),
    });
    for (const [key, group] of this.groups.entries()) this.#writer.set(key, group);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { settings, clock } = this.#options;
    while (await sleep(settings.interval, signal, clock)) this.round();
  }

  /** Makes old groups stale, and writes every series once more. */
  round(): void {
    try {
      this.groups.expire();
      this.#writer.round();
    } catch (error) {
      this.#options.log.error({ err: messageOf(error) }, 'pushed series could not be written');
    }
  }

  /** Whether the last push of a group is older than it may be: of groups that have a time to live, 1 or 0. */
  staleSeries(): MetricFamily {
    const name = 'skopos_push_group_stale';
    const samples = this.groups
      .all()
      .filter(({ timeToLiveMs }) => timeToLiveMs !== undefined)
      .map(({ labels, isStale }) => ({ name, labels, value: isStale ? 1 : 0 }));
    const help = 'Whether the last push of a group is older than its time to live; of groups that have one.';
    return { name, help, type: 'gauge', samples };
  }

  /** For the API. */
  source(more: Pick<PushSource, 'answered' | 'crc32c' | 'version' | 'startedAtMs'>): PushSource {
    const { settings } = this.#options;
    return {
      ...more,
      groupingOf: (path) => groupingOf(path, { utf8Names: settings.utf8_names }),
      push: (request) => this.push(request),
      delete: (labels) => this.groups.delete(labels),
      wipe: () => this.groups.wipe(),
      groups: () => this.groups.all().map(shownGroup),
      families: () => this.groups.families(),
      mayWipe: settings.admin_api,
      maxBodyBytes: settings.max_body,
      flags: {
        'web.enable-admin-api': String(settings.admin_api),
        'push.enable-utf8-names': String(settings.utf8_names),
        'push.disable-consistency-check': 'false',
        'persistence.file': 'skopos.db',
      },
    };
  }

  /** @throws {BadInputError} when it is refused */
  push({ labels, body, form, mode, timeToLiveMs }: PushRequest): void {
    const read = form === 'protobuf' ? readProtobufBody(body) : readTextBody(textOf(body));
    this.groups.push(labels, read, { mode, ...(timeToLiveMs === undefined ? {} : { timeToLiveMs }) });
  }

  #tell(key: string, group: PushGroup | undefined): void {
    const { clock, ledger, inputsChanged } = this.#options;
    const changed = this.#writer.set(key, group);
    const [first] = changed;
    if (first === undefined) return;
    const atMs = clock.now();
    const cause = newCause(atMs);
    // What no rule reads can page nobody, and would fill the ledger.
    if (inputsChanged(changed, cause) === 0) return;
    ledger({
      ...{ atMs, cause, hop: 'series', subject: formatLabels(first), decision: 'written' },
      detail: { samples: changed.length, kind: 'push', objects: 1 },
    });
  }
}

function shownGroup(group: PushGroup): ShownGroup {
  const { labels, pushedAtMs, failedAtMs, families } = group;
  const times = timeFamilies(group).map((family) => ({ ...family, atMs: Math.max(pushedAtMs, failedAtMs) }));
  return {
    labels,
    isLastPushTaken: pushedAtMs > failedAtMs,
    families: [...[...families.values()].map(({ family, atMs }) => ({ ...family, atMs })), ...times],
  };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
