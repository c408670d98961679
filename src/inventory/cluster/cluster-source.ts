import { setMaxListeners } from 'node:events';
import { messageOf } from '../../kit/app-error.ts';
import { backoffMs } from '../../kit/backoff.ts';
import type { Component } from '../../kit/component.ts';
import { sleep } from '../../kit/sleep.ts';
import type { KubeResource } from '../../kube/discovery.ts';
import { KubeClient } from '../../kube/kube-client.ts';
import { KubeError } from '../../kube/kube-error.ts';
import { loadAccess } from '../../kube/load-access.ts';
import type { Unreadable } from '../../model/change.ts';
import type { SourceStatus } from '../source.ts';
import type { ClusterFigures, ClusterSourceOptions } from './cluster-options.ts';
import { FollowedKinds } from './followed-kinds.ts';
import { KindFinder } from './kind-finder.ts';
import type { KindWatch } from './kind-watch.ts';
import { defaultKinds, nameOfKind, type WatchedKind } from './kinds.ts';
import { readServerInfo } from './server-info.ts';

export type { ClusterFigures, ClusterSourceOptions } from './cluster-options.ts';

/** After so many attempts a cluster that was never reached counts as one of which nothing is known. */
const firstAttempts = 3;

/**
 * Reads the objects of a cluster into an inventory and keeps watching them. Announces itself as source `cluster`.
 * A kind that cannot be read becomes unreadable in the inventory, and the others go on. Never ends by itself.
 */
export class ClusterSource implements Component {
  readonly name = 'cluster';
  readonly #options: ClusterSourceOptions;
  readonly #kinds: readonly WatchedKind[];
  readonly #followed: FollowedKinds;
  readonly #listeners = new Set<() => void>();
  /** Kinds that are wanted but that the cluster does not have. */
  #missing: readonly Unreadable[] = [];
  /** Why nothing at all works. */
  #failure = '';
  /** Of the attempts that failed in a row while nothing worked yet. */
  #attempts = 0;
  #sinceMs = 0;
  /** Whether not even the kinds that there are may be asked for. */
  #isShutOut = false;
  #client: KubeClient | undefined;
  /** Ends the wait for the next look at what kinds there are. */
  #lookAgain = new AbortController();
  #discovered = false;
  #told = '';
  #cancelRecheck: (() => void) | undefined;
  #server = '';

  constructor(options: ClusterSourceOptions) {
    this.#options = options;
    this.#kinds = options.kinds ?? defaultKinds;
    this.#followed = new FollowedKinds({
      ...options,
      source: this.name,
      kinds: this.#kinds,
      onState: (name) => this.#onState(name),
    });
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
    this.#client = client;
    const finder = new KindFinder(client, this.#kinds);
    const { clock, rediscoverMs = 30_000 } = this.#options;
    try {
      for (let misses = 0; !signal.aborted; ) {
        await this.#follow(client, finder, signal);
        this.#lookAgain = new AbortController();
        misses = this.#missing.length === 0 ? 0 : misses + 1;
        // What should be there and is not comes soon, or not at all.
        const soonMs = backoffMs(misses - 1, { initialMs: 1000, maxMs: rediscoverMs });
        const waitMs = misses === 0 ? rediscoverMs : soonMs;
        await sleep(waitMs, AbortSignal.any([signal, this.#lookAgain.signal]), clock);
      }
    } finally {
      await this.#followed.ended();
      this.#cancelRecheck?.();
      await client.close();
    }
  }

  figures(): ClusterFigures {
    const skewMs = this.#client?.clockSkewMs;
    return { ...this.#followed.figures(), ...(skewMs === undefined ? {} : { clockSkewMs: skewMs }) };
  }

  /** Calls `listener` whenever {@link status} changed. Returns the cancel function. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  status(): SourceStatus {
    const watches = this.#followed.watches();
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

  /** Finds which kinds there are, and follows those that came; of those that went it gives the objects up. */
  async #follow(client: KubeClient, finder: KindFinder, signal: AbortSignal): Promise<void> {
    const found = await this.#untilItWorks(signal, () => finder.find(signal));
    if (found === undefined || signal.aborted) return;
    await this.#putServerInfo(client, signal);
    const have = new Map(found.map((resource) => [nameOfKind(resource), resource]));
    for (const [name, resource] of this.#followed.resources()) {
      const now = have.get(name);
      if (now?.version === resource.version && now.plural === resource.plural) continue;
      // A group whose server is down is not found either, which is no reason to forget what there was.
      if (now !== undefined) await this.#followed.stop(name);
      else if (isGone(this.#followed.watch(name))) await this.#followed.giveUp(name);
      else finder.forget();
    }
    this.#noteMissing(have);
    // A server that is just starting lists fewer groups than it has, under the mark of all.
    if (this.#missing.length > 0) finder.forget();
    this.#discovered = true;
    this.#tell();
    for (const [name, resource] of have)
      if (!this.#followed.has(name)) this.#followed.start(client, resource, signal);
  }

  /** Where it is asked for; what rests on it is unknown while it cannot be had. */
  async #putServerInfo(client: KubeClient, signal: AbortSignal): Promise<void> {
    const { inventory, clock, log, keepServerInfo = false } = this.#options;
    if (!keepServerInfo) return;
    try {
      const object = await readServerInfo(client, signal);
      const put = { type: 'put', object, origin: { source: this.name }, atMs: clock.now() } as const;
      inventory.apply(this.name, [put], { initial: !inventory.ready });
    } catch (error) {
      if (!signal.aborted) log.warn({ err: messageOf(error) }, 'the API server does not tell its version');
    }
  }

  #noteMissing(have: ReadonlyMap<string, KubeResource>): void {
    const nowMs = this.#options.clock.now();
    const since = new Map(this.#missing.map((known) => [nameOfKind(known), known.sinceMs]));
    this.#missing = this.#kinds
      .filter(
        (kind) =>
          kind.optional !== true && !have.has(nameOfKind(kind)) && !this.#followed.has(nameOfKind(kind)),
      )
      .map(({ group, kind }) => ({
        group,
        kind,
        reason: `the cluster has no ${kind}${group === '' ? '' : ` of ${group}`}`,
        sinceMs: since.get(nameOfKind({ group, kind })) ?? nowMs,
        isAbsent: true,
      }));
  }

  /** One that is no longer found may have been deleted: what there is is looked at again at once. */
  #onState(name: string): void {
    if (isGone(this.#followed.watch(name))) this.#lookAgain.abort();
    this.#tell();
  }

  /** Tries again and again, says why it must, and gives up only when told to stop. */
  async #untilItWorks<T>(signal: AbortSignal, attempt: () => Promise<T>): Promise<T | undefined> {
    const { clock, log } = this.#options;
    for (let attempts = 0; !signal.aborted; attempts++) {
      try {
        const result = await attempt();
        this.#failure = '';
        this.#attempts = 0;
        return result;
      } catch (error) {
        if (signal.aborted) return undefined;
        const askedToWaitMs = error instanceof KubeError ? (error.retryAfterMs ?? 0) : 0;
        log.warn({ err: messageOf(error) }, 'cluster cannot be read');
        // What is watched already speaks for itself.
        if (!this.#discovered) this.#failed(error);
        const waitMs = backoffMs(attempts, { initialMs: 500, maxMs: 30_000 });
        await sleep(Math.max(waitMs, askedToWaitMs), signal, clock);
      }
    }
    return undefined;
  }

  #failed(error: unknown): void {
    if (this.#attempts === 0) this.#sinceMs = this.#options.clock.now();
    this.#attempts++;
    this.#isShutOut = isForbidden(error);
    this.#failure = `${messageOf(error)}; trying again`;
    this.#tell();
  }

  #unreadable(): readonly Unreadable[] {
    const nowMs = this.#options.clock.now();
    if (!this.#discovered) return this.#neverReached();
    return this.#followed
      .watches()
      .flatMap((watch) => watch.unreadable(nowMs) ?? [])
      .concat(this.#missing);
  }

  /** A cluster that does not answer at the start: nothing is known of anything. */
  #neverReached(): readonly Unreadable[] {
    if (this.#attempts < firstAttempts) return [];
    return this.#kinds
      .filter(({ optional }) => optional !== true)
      .map(({ group, kind }) => ({ group, kind, reason: this.#failure, sinceMs: this.#sinceMs }));
  }

  /** Whether the server has said something of what we asked for, be it that we may not have it: more will not come by waiting. */
  #hasAnswered(watches: readonly KindWatch[]): boolean {
    if (!this.#discovered) return this.#isShutOut && this.#attempts >= firstAttempts;
    return watches.some(({ isListed, failure }) => isListed || isForbidden(failure?.error));
  }

  #tell(): void {
    const { inventory, clock, log } = this.#options;
    const nowMs = clock.now();
    const unreadable = this.#unreadable();
    inventory.setUnreadable(this.name, unreadable);
    const watches = this.#followed.watches();
    if (this.#hasAnswered(watches) && watches.every((watch) => watch.isSettled(nowMs)))
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

/** Whether the server knows us not, or does not let us. */
function isForbidden(error: unknown): boolean {
  return error instanceof KubeError && (error.status === 401 || error.status === 403);
}

/** Whether the server says that it has no such kind. */
function isGone(watch: KindWatch | undefined): boolean {
  const error = watch?.failure?.error;
  return error instanceof KubeError && error.status === 404;
}
