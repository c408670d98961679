import { messageOf } from '../kit/app-error.ts';
import { type Clock, systemClock } from '../kit/clock.ts';
import type { Component } from '../kit/component.ts';
import { sleep } from '../kit/sleep.ts';
import type { Logger } from '../log/logger.ts';
import { KubeError } from './kube-error.ts';
import { type Lease, type LeaseApi, microTime } from './lease.ts';

export interface LeaseMembersOptions {
  readonly api: LeaseApi;
  /** What the members have in common: the name of the release, say. A label's value. */
  readonly group: string;
  /** Unique among the members and fit for the name of an object: the pod's name. */
  readonly identity: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** One that was not renewed for so long is no member; 15 s when left out. */
  readonly leaseDurationMs?: number;
  /** Between renewals; 5 s when left out. */
  readonly renewEveryMs?: number;
}

interface Seen {
  readonly lease: Lease;
  readonly sinceMs: number;
}

/** The label by which members find each other; its value is the group. */
export const memberLabel = 'skopos.dev/replica-of';

/** Leases of members that are long gone are deleted after so many of their durations. */
const forgetAfter = 20;

/**
 * Which replicas there are, by a Lease of each: every one renews its own and looks at all. A member that has not been seen to renew
 * for the duration of its lease is none, by our own clock since we saw it last, so that clocks of other machines do not matter.
 * While the API server does not answer, all stay as they were: that two do the same work is better than that nobody does.
 */
export class LeaseMembers implements Component {
  readonly name = 'members';
  readonly #options: Required<LeaseMembersOptions>;
  readonly #listeners = new Set<(members: readonly string[]) => void>();
  /** By the lease's name: how it was when we saw it last, and since when it has been so. */
  #seen = new Map<string, Seen>();
  #members: readonly string[] = [];
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #problem = '';

  constructor(options: LeaseMembersOptions) {
    this.#options = { leaseDurationMs: 15_000, renewEveryMs: 5_000, ...options };
  }

  /** In order of name. Empty until it is known. */
  get members(): readonly string[] {
    return this.#members;
  }

  /** Why leases could not be read or written at the last try; '' when they could. */
  get problem(): string {
    return this.#problem;
  }

  /** Calls `listener` whenever a member came or went. Returns the cancel function. */
  onChange(listener: (members: readonly string[]) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, renewEveryMs } = this.#options;
    do {
      await this.#round(signal);
    } while (await sleep(renewEveryMs, signal, clock));
    await this.#leave();
  }

  async #round(outer: AbortSignal): Promise<void> {
    const { api, group, clock, log, renewEveryMs } = this.#options;
    const stop = new AbortController();
    const cancel = clock.timer(renewEveryMs, () => stop.abort());
    const signal = AbortSignal.any([outer, stop.signal]);
    try {
      await this.#renew(signal);
      this.#look(await api.list({ [memberLabel]: group }, signal));
      this.#problem = '';
      this.#settle();
    } catch (error) {
      if (outer.aborted) return;
      const problem = messageOf(error);
      if (problem !== this.#problem) log.warn({ group, problem }, 'leases of members could not be kept');
      this.#problem = problem;
    } finally {
      cancel();
    }
  }

  async #renew(signal: AbortSignal): Promise<void> {
    const { api, clock, identity, group, leaseDurationMs } = this.#options;
    const now = microTime(clock.now());
    const name = this.#leaseName;
    const held = this.#seen.get(name)?.lease ?? (await api.get(name, signal));
    const spec = {
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(leaseDurationMs / 1000),
      acquireTime: held?.spec.acquireTime ?? now,
      renewTime: now,
    };
    try {
      const lease =
        held === undefined
          ? await api.create({ metadata: { name, labels: { [memberLabel]: group } }, spec }, signal)
          : await api.update({ metadata: held.metadata, spec }, signal);
      this.#seen.set(name, { lease, sinceMs: this.#elapsed() });
    } catch (error) {
      // Somebody deleted or changed it: the next round takes it as it is then.
      if (error instanceof KubeError && (error.status === 409 || error.status === 404))
        this.#seen.delete(name);
      throw error;
    }
  }

  #look(leases: readonly Lease[]): void {
    const nowMs = this.#elapsed();
    // Where we were blind the others may have been, too: they are given time to renew.
    const wasBlind = nowMs - this.#lookedAtMs > 2 * this.#options.renewEveryMs;
    this.#lookedAtMs = nowMs;
    const before = wasBlind ? new Map<string, Seen>() : this.#seen;
    this.#seen = new Map(
      leases.map((lease) => {
        const known = before.get(lease.metadata.name);
        const isOther = known?.lease.metadata.resourceVersion !== lease.metadata.resourceVersion;
        return [
          lease.metadata.name,
          known === undefined || isOther ? { lease, sinceMs: nowMs } : known,
        ] as const;
      }),
    );
    for (const { lease, sinceMs } of this.#seen.values()) this.#forget(lease, nowMs - sinceMs);
  }

  /** Clears away after a member that ended without leaving. Anyone may; that another was quicker is no matter. */
  #forget({ metadata: { name } }: Lease, silentMs: number): void {
    const { api, leaseDurationMs } = this.#options;
    if (silentMs > forgetAfter * leaseDurationMs)
      void api.delete(name, AbortSignal.timeout(leaseDurationMs)).catch(() => undefined);
  }

  #settle(): void {
    const { identity, log } = this.#options;
    const nowMs = this.#elapsed();
    const members = [...this.#seen.values()]
      .filter(({ lease, sinceMs }) => nowMs - sinceMs < (lease.spec.leaseDurationSeconds ?? 0) * 1000)
      .flatMap(({ lease }) => lease.spec.holderIdentity ?? [])
      .sort();
    if (members.join('\n') === this.#members.join('\n')) return;
    this.#members = members;
    log.info({ identity, members }, 'members have changed');
    for (const listener of this.#listeners) listener(members);
  }

  async #leave(): Promise<void> {
    const { api, clock, log } = this.#options;
    const stop = new AbortController();
    const cancel = clock.timer(leaveMs, () => stop.abort());
    await api
      .delete(this.#leaseName, stop.signal)
      .catch((error) =>
        log.warn({ problem: messageOf(error) }, 'our lease was not deleted; it will run out'),
      );
    cancel();
  }

  get #leaseName(): string {
    const { group, identity } = this.#options;
    return `${group}-${identity}`.slice(0, 253);
  }

  #elapsed(): number {
    const { clock } = this.#options;
    return clock === systemClock ? performance.now() : clock.now();
  }
}

/** Leaving is not worth holding up the end for longer. */
const leaveMs = 3_000;
