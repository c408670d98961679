import { messageOf } from '../kit/app-error.ts';
import type { Clock } from '../kit/clock.ts';
import type { Component } from '../kit/component.ts';
import { sleep } from '../kit/sleep.ts';
import type { Logger } from '../log/logger.ts';
import type { CertificateStore } from './certificate-store.ts';
import { bundleOf, type CertificateState, type CertificateTerms, renewed } from './certificates.ts';

export interface CertificateKeeperOptions {
  readonly store: CertificateStore;
  readonly terms: CertificateTerms;
  readonly clock: Clock;
  readonly log: Logger;
  /** Whether it is for us to make certificates; others wait for them. */
  readonly isLeader: () => boolean;
  /** Called with each state that is other than before. */
  readonly use: (state: CertificateState) => void;
  /** Makes what has to be trusted known, again and again by the leader; absent where nobody has to be told. */
  readonly publish?: (bundle: string, signal: AbortSignal) => Promise<void>;
  /** 30 s when left out. */
  readonly lookEveryMs?: number;
}

/** While there is no certificate yet nothing can be served, so that it is looked for more often. */
const impatientMs = 500;

/** Keeps certificates new, and everyone who serves with them up to date. */
export class CertificateKeeper implements Component {
  readonly name = 'admission certificates';
  readonly #options: CertificateKeeperOptions;
  #state: CertificateState | undefined;
  #problem = '';

  constructor(options: CertificateKeeperOptions) {
    this.#options = options;
  }

  /** What is used now. It holds keys. */
  get state(): CertificateState | undefined {
    return this.#state;
  }

  /** What went wrong at the last look; '' when nothing did. */
  get problem(): string {
    return this.#problem;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, lookEveryMs = 30_000 } = this.#options;
    do {
      await this.#guarded(signal);
    } while (await sleep(this.#state === undefined ? impatientMs : lookEveryMs, signal, clock));
  }

  async #guarded(signal: AbortSignal): Promise<void> {
    const { log, store } = this.#options;
    try {
      await this.#look(signal);
      this.#problem = '';
    } catch (error) {
      if (signal.aborted) return;
      const problem = messageOf(error);
      if (problem !== this.#problem)
        log.error({ place: store.place, problem }, 'admission certificates could not be kept');
      this.#problem = problem;
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { store, terms, clock, isLeader, publish } = this.#options;
    const held = await store.read(signal);
    if (!isLeader()) {
      if (held !== undefined) this.#use(held.state);
      return;
    }
    const state = await renewed(held?.state, terms, clock.now());
    // When another was quicker its certificates are taken at the next look.
    if (state !== held?.state && !(await store.write(state, held, signal))) return;
    // Trust comes first: what is served must be trusted already.
    await publish?.(bundleOf(state), signal).catch((error) => this.#unpublished(error, state));
    this.#use(state);
  }

  /** That nobody could be told does not keep us from serving: the bundle may have been put in place by hand. */
  #unpublished(error: unknown, state: CertificateState): void {
    if (this.#state !== undefined && bundleOf(this.#state) === bundleOf(state)) return;
    this.#options.log.warn(
      { problem: messageOf(error), caBundle: Buffer.from(bundleOf(state)).toString('base64') },
      'the webhook configuration could not be given our authority; put this caBundle into it',
    );
  }

  #use(state: CertificateState): void {
    if (this.#state !== undefined && JSON.stringify(this.#state) === JSON.stringify(state)) return;
    const until = new Date(state.serving.untilMs).toISOString();
    this.#options.log.info({ names: state.serving.names, until }, 'admission certificate in use');
    this.#state = state;
    this.#options.use(state);
  }
}
