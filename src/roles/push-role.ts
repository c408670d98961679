import type { PushRequest, PushSource, ShownGroup } from '../api/pushgateway/source.ts';
import { groupingOf } from '../exporters/push/grouping.ts';
import { readProtobufBody } from '../exporters/push/protobuf-body.ts';
import { type PushGroup, timeFamilies } from '../exporters/push/push-group.ts';
import { type GroupKeeper, PushGroups } from '../exporters/push/push-groups.ts';
import { PushWriter } from '../exporters/push/push-writer.ts';
import type { PushSettings } from '../exporters/push/settings.ts';
import { readTextBody } from '../exporters/push/text-body.ts';
import { messageOf, UnavailableError } from '../kit/app-error.ts';
import { newCause } from '../kit/cause.ts';
import type { Clock } from '../kit/clock.ts';
import type { Component } from '../kit/component.ts';
import { sleep } from '../kit/sleep.ts';
import { finish, type IsSpent, type Work } from '../kit/work.ts';
import type { Logger } from '../log/logger.ts';
import { formatLabels, type Labels } from '../model/labels.ts';
import type { Ledger } from '../model/ledger.ts';
import type { MetricFamily } from '../model/metric.ts';
import { Turns } from '../promql/turns.ts';
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
  /** What it shares the thread with; turns of its own when left out. */
  readonly turns?: Turns;
}

/** Series that rules are told of without a look at the time. */
const toldAtOnce = 200;
/** Bodies that wait for those before them have no more bytes than so many of the largest. */
const mostWaiting = 8;

/** Series that rules and pages believe: nobody else may write them. */
const ownNames = /^(?:skopos_.*|kubescape_.*|up|ALERTS|ALERTS_FOR_STATE)$/;

/** The role `push`: what jobs push is kept, written into the store at once and now and then, and wakes the rules that read it. */
export class PushRole implements Component {
  readonly name = 'push';
  readonly groups: PushGroups;
  readonly #options: PushRoleOptions;
  readonly #writer: PushWriter;
  #waitingBytes = 0;

  constructor(options: PushRoleOptions) {
    const { settings, keeper, clock, store, turns = new Turns() } = options;
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
      changed: (key, group, isSpent) => this.#tell(key, group, isSpent),
      run: (work) => turns.run(work),
    });
    for (const [key, group] of this.groups.entries()) finish(this.#writer.set(key, group, () => false));
  }

  async run(signal: AbortSignal): Promise<void> {
    const { settings, clock } = this.#options;
    while (await sleep(settings.interval, signal, clock)) await this.round();
  }

  /** Makes old groups stale, and writes every series once more. */
  async round(): Promise<void> {
    try {
      await this.groups.expire();
      await this.groups.exclusively((isSpent) => this.#writer.round(isSpent));
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

  /**
   * Ends when what was pushed is on disk and in the store.
   *
   * @throws {BadInputError} when it is refused
   * @throws {UnavailableError} while too much waits already
   */
  async push({ labels, body, form, mode, timeToLiveMs }: PushRequest): Promise<void> {
    if (
      this.#waitingBytes > 0 &&
      this.#waitingBytes + body.length > mostWaiting * this.#options.settings.max_body
    )
      throw new UnavailableError('too many pushes at once: push again in some seconds');
    this.#waitingBytes += body.length;
    try {
      await this.groups.push(
        labels,
        (isSpent) =>
          form === 'protobuf' ? readProtobufBody(body, isSpent) : readTextBody(textOf(body), isSpent),
        { mode, ...(timeToLiveMs === undefined ? {} : { timeToLiveMs }) },
      );
    } finally {
      this.#waitingBytes -= body.length;
    }
  }

  *#tell(key: string, group: PushGroup | undefined, isSpent: IsSpent): Work<void> {
    const { clock, ledger, inputsChanged } = this.#options;
    const changed = yield* this.#writer.set(key, group, isSpent);
    const [first] = changed;
    if (first === undefined) return;
    const atMs = clock.now();
    const cause = newCause(atMs);
    let read = 0;
    for (let from = 0; from < changed.length; from += toldAtOnce) {
      read += inputsChanged(changed.slice(from, from + toldAtOnce), cause);
      if (isSpent()) yield;
    }
    // What no rule reads can page nobody, and would fill the ledger.
    if (read === 0) return;
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
