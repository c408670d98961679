import {
  type DoctorCheckJson,
  type DoctorJson,
  type DoctorState,
  doctorStates,
} from '../../api/skopos/doctor-contract.ts';
import { messageOf } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';

/** One thing to look into. What it throws, or takes too long for, is `unknown`. */
export interface Probe {
  readonly id: string;
  readonly title: string;
  run(signal: AbortSignal): Promise<readonly DoctorCheckJson[]>;
}

export interface DoctorOptions {
  readonly clock: Clock;
  readonly probes: readonly Probe[];
  /** For each probe; ten seconds when left out. */
  readonly timeoutMs?: number;
}

/** An answer serves those who ask this long after it, so that asking often does not connect often. */
const sharedForMs = 5000;

/** Runs all probes at once, and puts what they find in their order. */
export class Doctor {
  readonly #options: DoctorOptions;
  #running: Promise<DoctorJson> | undefined;
  #last: DoctorJson | undefined;

  constructor(options: DoctorOptions) {
    this.#options = options;
  }

  async examine(): Promise<DoctorJson> {
    const { clock } = this.#options;
    if (this.#last !== undefined && clock.now() - this.#last.atMs < sharedForMs) return this.#last;
    this.#running ??= this.#examine().finally(() => {
      this.#running = undefined;
    });
    this.#last = await this.#running;
    return this.#last;
  }

  async #examine(): Promise<DoctorJson> {
    const { clock, probes, timeoutMs = 10_000 } = this.#options;
    const found = await Promise.all(probes.map((probe) => runProbe(probe, clock, timeoutMs)));
    const checks = found.flat();
    return { atMs: clock.now(), state: worstOf(checks), checks };
  }
}

/** The worst state; `ok` of nothing. */
export function worstOf(all: readonly { readonly state: DoctorState }[]): DoctorState {
  return doctorStates.find((state) => all.some((one) => one.state === state)) ?? 'ok';
}

async function runProbe(probe: Probe, clock: Clock, timeoutMs: number): Promise<readonly DoctorCheckJson[]> {
  const stop = new AbortController();
  const { id, title } = probe;
  const unknown = (message: string, advice: string): readonly DoctorCheckJson[] => [
    { id, title, state: 'unknown', message, advice },
  ];
  let cancel = (): void => undefined;
  const late = new Promise<readonly DoctorCheckJson[]>((resolve) => {
    cancel = clock.timer(timeoutMs, () =>
      resolve(
        unknown(`no answer within ${timeoutMs / 1000} s`, 'Look at the network between, and ask again.'),
      ),
    );
  });
  try {
    return await Promise.race([probe.run(stop.signal), late]);
  } catch (error) {
    return unknown(messageOf(error), 'Mend what the message says, and ask again.');
  } finally {
    cancel();
    stop.abort();
  }
}
