import { setMaxListeners } from 'node:events';
import { messageOf } from '../../kit/app-error.ts';
import { backoffMs } from '../../kit/backoff.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Component } from '../../kit/component.ts';
import { sleep } from '../../kit/sleep.ts';
import { discover, type KubeResource } from '../../kube/discovery.ts';
import { KubeClient } from '../../kube/kube-client.ts';
import { type AccessChoice, loadAccess } from '../../kube/load-access.ts';
import { Reflector } from '../../kube/reflector.ts';
import type { Logger } from '../../log/logger.ts';
import type { Unreadable } from '../../model/change.ts';
import type { Inventory } from '../inventory.ts';
import type { SourceStatus } from '../source.ts';
import { KindWatch } from './kind-watch.ts';
import { defaultKinds, type WatchedKind } from './kinds.ts';

export interface ClusterSourceOptions {
  /** A kubeconfig and the context in it (its current one when left out), or the pod's own service account. */
  readonly access: AccessChoice;
  readonly inventory: Inventory;
  readonly clock: Clock;
  readonly log: Logger;
  /** What to watch; {@link defaultKinds} when left out. */
  readonly kinds?: readonly WatchedKind[];
  /** Keep the values of ConfigMaps, not only their keys; false when left out. */
  readonly keepConfigMapValues?: boolean;
  /** Keep addresses and readiness of pods and nodes; false when left out. */
  readonly keepAddresses?: boolean;
  /** How long to wait before asking again for a kind that was refused; a minute when left out. */
  readonly refusalRetryMs?: number;
  /** How long to wait before looking again for kinds that the cluster does not have; ten minutes when left out. */
  readonly rediscoverMs?: number;
  /** Objects asked for at a time; 500 when left out. */
  readonly pageSize?: number;
}

/**
 * Reads the objects of a cluster into an inventory and keeps watching them. Announces itself as source `cluster`.
 * A kind that cannot be read becomes unreadable in the inventory, and the others go on. Never ends by itself.
 */
export class ClusterSource implements Component {
  readonly name = 'cluster';
  readonly #options: ClusterSourceOptions;
  readonly #kinds: readonly WatchedKind[];
  readonly #watches = new Map<string, KindWatch>();
  readonly #listeners = new Set<() => void>();
  /** Kinds that are wanted but that the cluster does not have. */
  #missing: readonly Unreadable[] = [];
  /** Why nothing at all works. */
  #failure = '';
  #discovered = false;
  #told = '';
  #cancelRecheck: (() => void) | undefined;
  #server = '';

  constructor(options: ClusterSourceOptions) {
    this.#options = options;
    this.#kinds = options.kinds ?? defaultKinds;
    options.inventory.announce(this.name);
  }

  /** The address of the API server; '' until the kubeconfig is read. */
  get server(): string {
    return this.#server;
  }

  async run(outer: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([outer]);
    // One listener a kind and request is meant, and no leak.
    setMaxListeners(0, signal);
    const client = await this.#connect(signal);
    if (client === undefined) return;
    const running: Promise<void>[] = [];
    const { clock, rediscoverMs = 600_000 } = this.#options;
    try {
      while (!signal.aborted) {
        const found = await this.#discover(client, signal);
        for (const resource of found) running.push(this.#start(client, resource, signal));
        await sleep(rediscoverMs, signal, clock);
      }
    } finally {
      await Promise.allSettled(running);
      this.#cancelRecheck?.();
      await client.close();
    }
  }

  /** Calls `listener` whenever {@link status} changed. Returns the cancel function. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  status(): SourceStatus {
    const watches = [...this.#watches.values()];
    const last = Math.max(...watches.map((watch) => watch.lastSuccessMs ?? Number.NEGATIVE_INFINITY));
    const lastSuccess = Number.isFinite(last) ? { lastSuccessMs: last } : {};
    if (this.#failure !== '') return { state: 'failed', message: this.#failure, ...lastSuccess };
    const failing = watches.filter((watch) => watch.failure !== undefined);
    const [first] = failing;
    if (first?.failure !== undefined && failing.length === watches.length)
      return { state: 'failed', message: `${first.failure.error.message}; trying again`, ...lastSuccess };
    const unreadable = this.#unreadable();
    const [worst] = unreadable;
    if (worst !== undefined) {
      const names = unreadable.map(({ kind }) => kind).join(', ');
      return { state: 'degraded', message: `cannot read ${names}: ${worst.reason}`, ...lastSuccess };
    }
    if (!this.#discovered || watches.some((watch) => !watch.isListed))
      return { state: 'starting', message: first?.failure?.error.message ?? '', ...lastSuccess };
    if (first?.failure !== undefined)
      return { state: 'degraded', message: `${first.failure.error.message}; trying again`, ...lastSuccess };
    return { state: 'ok', message: '', ...lastSuccess };
  }

  async #connect(signal: AbortSignal): Promise<KubeClient | undefined> {
    const client = await this.#untilItWorks(signal, async () => {
      const access = await loadAccess(this.#options.access);
      this.#server = access.server;
      return new KubeClient(access);
    });
    return client;
  }

  /** @returns resources that are not watched yet. */
  async #discover(client: KubeClient, signal: AbortSignal): Promise<readonly KubeResource[]> {
    const wanted = this.#kinds.filter((kind) => !this.#watches.has(nameOf(kind)));
    if (wanted.length === 0) return [];
    const found = await this.#untilItWorks(signal, () => discover(client, wanted, signal));
    if (found === undefined) return [];
    const have = new Set(found.map(nameOf));
    const sinceMs = this.#options.clock.now();
    this.#missing = wanted
      .filter((kind) => kind.optional !== true && !have.has(nameOf(kind)))
      .map(({ group, kind }) => ({
        group,
        kind,
        reason: `the cluster has no ${kind}${group === '' ? '' : ` of ${group}`}`,
        sinceMs: this.#missing.find((known) => nameOf(known) === nameOf({ group, kind }))?.sinceMs ?? sinceMs,
      }));
    this.#discovered = true;
    this.#tell();
    return found;
  }

  #start(client: KubeClient, resource: KubeResource, signal: AbortSignal): Promise<void> {
    const {
      inventory,
      clock,
      keepConfigMapValues = false,
      keepAddresses = false,
      refusalRetryMs,
      pageSize,
    } = this.#options;
    const watch = new KindWatch({
      source: this.name,
      resource,
      inventory,
      configMapValues: keepConfigMapValues,
      addresses: keepAddresses,
      onState: () => this.#tell(),
    });
    this.#watches.set(nameOf(resource), watch);
    return new Reflector({
      client,
      resource,
      listener: watch,
      clock,
      metadataOnly: this.#kinds.some(
        (kind) => kind.metadataOnly === true && nameOf(kind) === nameOf(resource),
      ),
      ...(refusalRetryMs === undefined ? {} : { refusalRetryMs }),
      ...(pageSize === undefined ? {} : { pageSize }),
    }).run(signal);
  }

  /** Tries again and again, says why it must, and gives up only when told to stop. */
  async #untilItWorks<T>(signal: AbortSignal, attempt: () => Promise<T>): Promise<T | undefined> {
    const { clock, log } = this.#options;
    for (let attempts = 0; !signal.aborted; attempts++) {
      try {
        const result = await attempt();
        this.#failure = '';
        return result;
      } catch (error) {
        if (signal.aborted) return undefined;
        this.#failure = `${messageOf(error)}; trying again`;
        log.warn({ err: messageOf(error) }, 'cluster cannot be read');
        this.#tell();
        await sleep(backoffMs(attempts, { initialMs: 500, maxMs: 30_000 }), signal, clock);
      }
    }
    return undefined;
  }

  #unreadable(): readonly Unreadable[] {
    const nowMs = this.#options.clock.now();
    return [...this.#watches.values()]
      .flatMap((watch) => watch.unreadable(nowMs) ?? [])
      .concat(this.#missing);
  }

  #tell(): void {
    const { inventory, clock, log } = this.#options;
    const nowMs = clock.now();
    const unreadable = this.#unreadable();
    inventory.setUnreadable(this.name, unreadable);
    const watches = [...this.#watches.values()];
    const isReachable = watches.some((watch) => watch.isListed);
    if (this.#discovered && isReachable && watches.every((watch) => watch.isSettled(nowMs)))
      inventory.synced(this.name);
    this.#recheck(watches, nowMs);
    const { lastSuccessMs: _time, ...status } = this.status();
    const now = JSON.stringify(status);
    if (now === this.#told) return;
    this.#told = now;
    if (status.message !== '')
      log.warn({ state: status.state, problem: status.message }, 'cluster state changed');
    for (const listener of this.#listeners) listener();
  }

  /** A kind out of reach becomes unreadable by the mere passing of time. */
  #recheck(watches: readonly KindWatch[], nowMs: number): void {
    this.#cancelRecheck?.();
    this.#cancelRecheck = undefined;
    const next = Math.min(
      ...watches
        .map((watch) => watch.unreadableAtMs ?? Number.POSITIVE_INFINITY)
        .filter((atMs) => atMs > nowMs),
    );
    if (Number.isFinite(next))
      this.#cancelRecheck = this.#options.clock.timer(next - nowMs, () => this.#tell());
  }
}

function nameOf({ group, kind }: { readonly group: string; readonly kind: string }): string {
  return `${group}/${kind}`;
}
