import type { CustomKind } from '../exporters/state/custom/custom-resources.ts';
import { stateText } from '../exporters/state/exposition.ts';
import { StateSelfMetrics } from '../exporters/state/self-metrics.ts';
import type { StateSettings } from '../exporters/state/settings.ts';
import { namespaceFilter, StateObjects } from '../exporters/state/state-objects.ts';
import { StateWriter } from '../exporters/state/state-writer.ts';
import type { ObjectTap, TappedChange, TappedKind } from '../inventory/cluster/object-tap.ts';
import { messageOf } from '../kit/app-error.ts';
import { newCause } from '../kit/cause.ts';
import type { Clock } from '../kit/clock.ts';
import type { Component } from '../kit/component.ts';
import { sleep } from '../kit/sleep.ts';
import type { Logger } from '../log/logger.ts';
import { formatLabels, type Labels } from '../model/labels.ts';
import type { Ledger } from '../model/ledger.ts';
import type { MetricFamily } from '../model/metric.ts';
import { type KubeObject, keyOf, refOf } from '../model/object.ts';
import type { TimeSeriesStore } from '../tsdb/store.ts';
import { renderedKinds } from './state-kinds.ts';

export interface StateRoleOptions {
  readonly settings: StateSettings;
  /** What `custom_resource_state_config` describes. */
  readonly custom: readonly CustomKind[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly store: Pick<TimeSeriesStore, 'append' | 'appendColumns' | 'handleOf' | 'isHandle'>;
  readonly ledger: Ledger;
  /** `RuleManager.inputsChanged`: says how many of the series any rule reads. */
  readonly inputsChanged: (series: readonly Labels[], cause: string) => number;
  /** Whether the cluster can be read now. */
  readonly isReadable: () => boolean;
}

/** Rows of a round that are written in one go. */
const sliceRows = 4096;

/**
 * The role `state`: sees the objects of the cluster as they come in, keeps their series, writes what changes at once and everything
 * now and then, and wakes the rules that read it.
 */
export class StateRole implements Component, ObjectTap {
  readonly name = 'state';
  readonly objects: StateObjects;
  readonly #options: StateRoleOptions;
  readonly #writer: StateWriter;
  readonly #self = new StateSelfMetrics();

  /** @throws {BadInputError} for a pattern of the settings that is none. */
  constructor(options: StateRoleOptions) {
    const { settings, custom, store, clock } = options;
    this.#options = options;
    this.#writer = new StateWriter({ store, clock, labels: { job: settings.job } });
    const { node } = settings;
    const inNamespace = namespaceFilter(settings.namespaces, settings.namespaces_denylist);
    this.objects = new StateObjects({
      kinds: renderedKinds(settings, custom),
      isWanted: (object) => inNamespace(object) && (node === undefined || isOnNode(object, node)),
    });
  }

  onChanges(
    kind: TappedKind,
    changes: readonly TappedChange[],
    { initial }: { readonly atMs: number; readonly initial: boolean },
  ): void {
    if (!this.objects.isRendered(kind.group, kind.kind)) return;
    this.#guard(() => {
      const seen = new Set<string>();
      for (const change of changes) {
        const key = change.type === 'put' ? keyOf(refOf(change.object)) : change.key;
        if (seen.has(key)) this.#writer.step();
        seen.add(key);
        if (change.type === 'put') this.objects.put(change.object, this.#writer);
        else this.objects.delete(kind.group, kind.kind, key, this.#writer);
      }
      this.#tell(kind, initial, seen.size);
    });
  }

  onListed(kind: TappedKind, keys: ReadonlySet<string>): void {
    this.#guard(() => {
      this.objects.keepOnly(kind.group, kind.kind, keys, this.#writer);
      this.#tell(kind, false, 0);
    });
  }

  onAsked({ group, kind }: TappedKind, verb: 'list' | 'watch', isAnswered: boolean): void {
    if (this.objects.isRendered(group, kind))
      this.#self.asked(group === '' ? kind : `${kind}.${group}`, verb, isAnswered);
  }

  /** All series as text, in pieces. */
  text(choice: Parameters<typeof stateText>[1]): Generator<string> {
    return stateText(this.objects, choice, choice.resources === undefined ? this.#ownFamilies() : []);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { settings, clock } = this.#options;
    do await this.round(signal);
    while (await sleep(settings.interval, signal, clock));
  }

  /** Writes every series once more, in slices that others get their turn between. */
  async round(signal: AbortSignal): Promise<void> {
    const { log } = this.#options;
    try {
      await this.#writer.round(this.objects, sliceRows, async () => {
        await new Promise((resolve) => setImmediate(resolve));
        return !signal.aborted;
      });
      this.#writeOwn();
    } catch (error) {
      log.error({ err: messageOf(error) }, 'series of objects could not be written');
    }
  }

  #writeOwn(): void {
    const { store, clock, settings, isReadable } = this.#options;
    const atMs = clock.now();
    const { job } = settings;
    const own = this.#ownFamilies().flatMap(({ samples }) =>
      samples.map(({ name, labels, value }) => ({ labels: { __name__: name, job, ...labels }, atMs, value })),
    );
    const up = { labels: { __name__: 'up', job, instance: 'skopos' }, atMs, value: isReadable() ? 1 : 0 };
    store.append([...own, up]);
  }

  #ownFamilies(): readonly MetricFamily[] {
    return this.#self.families(
      this.objects.resources.map((one) => [one.resource, this.objects.of(one).size] as const),
    );
  }

  /** Writes what changed, and wakes the rules that read it, unless it was all there before us. */
  #tell({ kind }: TappedKind, initial: boolean, objects: number): void {
    const { clock, ledger, inputsChanged } = this.#options;
    const changed = this.#writer.flush({ wantsLabels: !initial });
    const [first] = changed;
    if (first === undefined) return;
    const atMs = clock.now();
    const cause = newCause(atMs);
    // What no rule reads can page nobody, and would fill the ledger.
    if (inputsChanged(changed, cause) === 0) return;
    ledger({
      atMs,
      cause,
      hop: 'series',
      subject: formatLabels(first),
      decision: 'written',
      detail: { samples: changed.length, kind, objects },
    });
  }

  /** A fault in rendering must not end the watches. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#options.log.error({ err: error }, 'objects could not be turned into series');
    }
  }
}

function isOnNode(object: KubeObject, node: string): boolean {
  return (
    object.kind !== 'Pod' ||
    (object['spec'] as { readonly nodeName?: unknown } | undefined)?.nodeName === node
  );
}
