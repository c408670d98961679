import { messageOf } from '../kit/app-error.ts';
import { type Clock, systemClock } from '../kit/clock.ts';
import type { Component } from '../kit/component.ts';
import { sleep } from '../kit/sleep.ts';
import type { Logger } from '../log/logger.ts';
import { type Lease, type LeaseApi, type LeaseSpec, microTime } from './lease.ts';

/** Who may do what only one replica may do. */
export interface Leadership {
  /** Whether we are the leader at this moment; false in time, before another can be. */
  isLeader(): boolean;
  /** Calls `listener` whenever the answer has changed. Returns the cancel function. */
  onChange(listener: (isLeader: boolean) => void): () => void;
}

/** Of a process that is alone. */
export const alwaysLeader: Leadership = { isLeader: () => true, onChange: () => () => undefined };

export interface LeaseElectorOptions {
  readonly api: LeaseApi;
  /** The Lease's name. */
  readonly lease: string;
  /** Unique among the candidates: the pod's name, say. */
  readonly identity: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long the others wait after the last renewal that they saw. Whole seconds; 15 s when left out. */
  readonly leaseDurationMs?: number;
  /** A leader that could not renew for so long is none any more; 10 s when left out. Less than `leaseDurationMs`. */
  readonly renewDeadlineMs?: number;
  /** Between two tries; 2 s when left out. Less than `renewDeadlineMs`. */
  readonly retryPeriodMs?: number;
  /** A number in [0, 1): spreads the tries of candidates. `Math.random` when left out. */
  readonly random?: () => number;
}

/** By which leases of leaders are found, whatever their name. */
export const electionLabels = { 'skopos.dev/elects': 'leader' } as const;

/** How far tries of candidates are spread, as a part of the period. */
const jitter = 1.2;

/**
 * Leader election by a Lease, with the rules of client-go: whoever finds the lease unheld, or not renewed for its duration, takes it
 * by an update that only one can win. How long it was not renewed is measured from when *we* saw the last renewal, so that clocks
 * of other machines do not matter. The holder gives up by itself, by its own clock, before others may take over; at the end it
 * releases the lease so that the next need not wait.
 *
 * Source: https://pkg.go.dev/k8s.io/client-go/tools/leaderelection
 */
export class LeaseElector implements Component, Leadership {
  readonly name = 'leader election';
  readonly #options: Required<LeaseElectorOptions>;
  readonly #listeners = new Set<(isLeader: boolean) => void>();
  /** The lease as we saw it last, and when that was. */
  #observed: Lease | undefined;
  #observedAtMs = 0;
  /** When the last renewal that succeeded was begun. */
  #renewedAtMs = Number.NEGATIVE_INFINITY;
  #isHolder = false;
  #problem = '';

  /** @throws {RangeError} when the times do not leave room for each other. */
  constructor(options: LeaseElectorOptions) {
    const defaults = { leaseDurationMs: 15_000, renewDeadlineMs: 10_000, retryPeriodMs: 2_000 };
    this.#options = { ...defaults, random: Math.random, ...options };
    const { leaseDurationMs, renewDeadlineMs, retryPeriodMs } = this.#options;
    if (leaseDurationMs <= renewDeadlineMs || renewDeadlineMs <= retryPeriodMs * jitter)
      throw new RangeError(
        `a lease of ${leaseDurationMs} ms has to last longer than the deadline for renewing it (${renewDeadlineMs} ms), and that longer than ${jitter} times the retry period (${retryPeriodMs} ms)`,
      );
  }

  isLeader(): boolean {
    return this.#isHolder && this.#elapsed() - this.#renewedAtMs < this.#options.renewDeadlineMs;
  }

  onChange(listener: (isLeader: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Who holds the lease as far as we know; '' for nobody. */
  get holder(): string {
    return this.#observed?.spec.holderIdentity ?? '';
  }

  /** How often the lease has changed hands: the fencing number of the present term. */
  get term(): number {
    return this.#observed?.spec.leaseTransitions ?? 0;
  }

  /** Why the lease could not be read or written at the last try; '' when it could. */
  get problem(): string {
    return this.#problem;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, retryPeriodMs, random } = this.#options;
    do {
      await this.#try(signal);
      this.#settle();
      const factor = this.#isHolder ? 1 : 1 + (jitter - 1) * random();
      await this.#wait(retryPeriodMs * factor, signal, clock);
    } while (!signal.aborted);
    await this.#release();
  }

  /** Also wakes when leadership runs out in between, so that who listens learns of it in time. */
  async #wait(ms: number, signal: AbortSignal, clock: Clock): Promise<void> {
    const leftMs = this.#renewedAtMs + this.#options.renewDeadlineMs - this.#elapsed();
    if (this.#isHolder && leftMs < ms) {
      await sleep(Math.max(0, leftMs), signal, clock);
      this.#settle();
      await sleep(Math.max(0, ms - leftMs), signal, clock);
    } else {
      await sleep(ms, signal, clock);
    }
  }

  async #try(outer: AbortSignal): Promise<void> {
    const { clock, renewDeadlineMs } = this.#options;
    const beganMs = this.#elapsed();
    // A leader's try must not outlast its leadership; an answer that comes later would be of no use.
    const leftMs = this.#isHolder ? this.#renewedAtMs + renewDeadlineMs - beganMs : renewDeadlineMs;
    const stop = new AbortController();
    const cancel = clock.timer(Math.max(0, leftMs), () => stop.abort());
    try {
      const isOurs = await this.#acquireOrRenew(AbortSignal.any([outer, stop.signal]));
      this.#problem = '';
      if (isOurs) this.#renewedAtMs = beganMs;
      this.#setHolder(isOurs);
    } catch (error) {
      if (outer.aborted) return;
      const problem = messageOf(error);
      if (problem !== this.#problem)
        this.#options.log.warn(
          { lease: this.#options.lease, problem },
          'lease could not be renewed or taken',
        );
      this.#problem = problem;
    } finally {
      cancel();
    }
  }

  /** @returns whether the lease is ours now. @throws when that could not be told. */
  async #acquireOrRenew(signal: AbortSignal): Promise<boolean> {
    const { api, lease, identity } = this.#options;
    const held = await api.get(lease, signal);
    if (held === undefined) {
      this.#observe(
        await api.create(
          { metadata: { name: lease, labels: electionLabels }, spec: this.#spec(undefined) },
          signal,
        ),
      );
      return true;
    }
    this.#observe(held);
    const holder = held.spec.holderIdentity ?? '';
    if (holder !== identity && holder !== '' && this.#isValid()) return false;
    // The resource version of what we saw makes that only one of several can succeed.
    const metadata = { ...held.metadata, labels: { ...held.metadata.labels, ...electionLabels } };
    this.#observe(await api.update({ metadata, spec: this.#spec(held.spec) }, signal));
    return true;
  }

  #spec(before: LeaseSpec | undefined): LeaseSpec {
    const { clock, identity, leaseDurationMs } = this.#options;
    const now = microTime(clock.now());
    const isRenewal = before?.holderIdentity === identity;
    const transitions = before?.leaseTransitions ?? 0;
    return {
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(leaseDurationMs / 1000),
      acquireTime: isRenewal ? (before.acquireTime ?? now) : now,
      renewTime: now,
      leaseTransitions: before === undefined || isRenewal ? transitions : transitions + 1,
    };
  }

  #observe(lease: Lease): void {
    const isNew =
      lease.metadata.resourceVersion === undefined ||
      lease.metadata.resourceVersion !== this.#observed?.metadata.resourceVersion;
    this.#observed = lease;
    if (isNew) this.#observedAtMs = this.#elapsed();
  }

  #isValid(): boolean {
    const seconds = this.#observed?.spec.leaseDurationSeconds ?? 0;
    return this.#elapsed() < this.#observedAtMs + seconds * 1000;
  }

  #settle(): void {
    if (this.#isHolder && !this.isLeader()) this.#setHolder(false);
  }

  #setHolder(isHolder: boolean): void {
    if (this.#isHolder === isHolder) return;
    this.#isHolder = isHolder;
    const { log, lease, identity } = this.#options;
    log.info({ lease, identity, holder: this.holder, term: this.term }, isHolder ? 'leading' : 'not leading');
    for (const listener of this.#listeners) listener(isHolder);
  }

  /** Gives the lease back, if it is ours. */
  async #release(): Promise<void> {
    const wasLeader = this.isLeader();
    const held = this.#observed;
    this.#setHolder(false);
    if (!wasLeader || held === undefined) return;
    const { api, clock, log, lease, identity } = this.#options;
    const stop = new AbortController();
    const cancel = clock.timer(releaseMs, () => stop.abort());
    try {
      // What was under way when we were stopped may have been written, so that we look at it anew.
      const now = await api.get(lease, stop.signal);
      if (now === undefined || now.spec.holderIdentity !== identity) return;
      const spec = { ...now.spec, holderIdentity: '', leaseDurationSeconds: 1 };
      await api.update({ metadata: now.metadata, spec }, stop.signal);
    } catch (error) {
      log.warn({ lease, problem: messageOf(error) }, 'lease was not released; it will run out');
    } finally {
      cancel();
    }
  }

  /** Time that no setting of the clock changes, where it is the real one. */
  #elapsed(): number {
    const { clock } = this.#options;
    return clock === systemClock ? performance.now() : clock.now();
  }
}

/** Releasing is not worth holding up the end for longer. */
const releaseMs = 3_000;
