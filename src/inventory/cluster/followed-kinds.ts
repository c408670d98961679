import { setMaxListeners } from 'node:events';
import type { KubeResource } from '../../kube/discovery.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { Reflector, type ReflectorCounts } from '../../kube/reflector.ts';
import type { ClusterFigures, ClusterSourceOptions } from './cluster-options.ts';
import { Intake } from './intake.ts';
import { KindWatch } from './kind-watch.ts';
import { nameOfKind, type WatchedKind } from './kinds.ts';

/** A kind of which all objects are followed. */
interface Followed {
  readonly resource: KubeResource;
  readonly watch: KindWatch;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

export interface FollowedKindsOptions extends ClusterSourceOptions {
  /** The source's name. */
  readonly source: string;
  readonly kinds: readonly WatchedKind[];
  /** Something of a kind's state changed. */
  readonly onState: (name: string) => void;
}

/** The kinds of a cluster that are listed and watched now: each with its reflector, all with one intake. By {@link nameOfKind}. */
export class FollowedKinds {
  readonly #options: FollowedKindsOptions;
  readonly #kinds = new Map<string, Followed>();
  readonly #intake: Intake;
  readonly #counts: ReflectorCounts = { lists: 0, watches: 0, expired: 0, throttled: 0 };

  constructor(options: FollowedKindsOptions) {
    this.#options = options;
    const { inventory, source } = options;
    this.#intake = new Intake({ apply: (changes) => void inventory.apply(source, changes) });
  }

  has(name: string): boolean {
    return this.#kinds.has(name);
  }

  watch(name: string): KindWatch | undefined {
    return this.#kinds.get(name)?.watch;
  }

  watches(): readonly KindWatch[] {
    return [...this.#kinds.values()].map(({ watch }) => watch);
  }

  /** Those that are followed, each with where it is. */
  resources(): readonly (readonly [name: string, resource: KubeResource])[] {
    return [...this.#kinds].map(([name, { resource }]) => [name, resource]);
  }

  figures(): ClusterFigures {
    const { waiting, coalesced } = this.#intake;
    return { ...this.#counts, waiting, coalesced };
  }

  start(client: KubeClient, resource: KubeResource, signal: AbortSignal): void {
    const { kinds, inventory, clock, refusalRetryMs, pageSize, tap, blindAfterMs, onState } = this.#options;
    const { source, keepConfigMapValues = false, keepAddresses = false } = this.#options;
    const name = nameOfKind(resource);
    const wanted = kinds.find((kind) => nameOfKind(kind) === name);
    const watch = new KindWatch({
      source,
      resource,
      inventory,
      intake: this.#intake,
      configMapValues: keepConfigMapValues,
      addresses: keepAddresses,
      ...(wanted?.keep === undefined ? {} : { keep: wanted.keep }),
      ...(tap === undefined ? {} : { tap }),
      ...(blindAfterMs === undefined ? {} : { blindAfterMs }),
      isOptional: wanted?.optional === true,
      onState: () => onState(name),
    });
    const stop = new AbortController();
    const until = AbortSignal.any([signal, stop.signal]);
    setMaxListeners(0, until);
    const ended = new Reflector({
      client,
      resource,
      listener: watch,
      clock,
      metadataOnly: wanted?.metadataOnly === true,
      asTable: wanted?.asTable === true,
      ...(refusalRetryMs === undefined ? {} : { refusalRetryMs }),
      ...(pageSize === undefined ? {} : { pageSize }),
      counts: this.#counts,
    }).run(until);
    this.#kinds.set(name, { resource, watch, stop, ended });
  }

  async stop(name: string): Promise<void> {
    const followed = this.#kinds.get(name);
    followed?.stop.abort();
    await followed?.ended;
    this.#kinds.delete(name);
  }

  /** The kind is no longer defined, and so none of its objects is there any more. */
  async giveUp(name: string): Promise<void> {
    const resource = this.#kinds.get(name)?.resource;
    await this.stop(name);
    if (resource === undefined) return;
    const { source, inventory, clock, log } = this.#options;
    await this.#intake.settled(name);
    const keys = inventory.keysOf(source, resource.group, resource.kind);
    inventory.apply(
      source,
      keys.map((key) => ({ type: 'delete', key, atMs: clock.now() })),
    );
    log.info({ kind: resource.kind, group: resource.group, objects: keys.length }, 'kind is gone');
  }

  /** Ends when all of them have been told to stop and have. */
  async ended(): Promise<void> {
    await Promise.allSettled([...this.#kinds.values()].map(({ ended }) => ended));
  }
}
