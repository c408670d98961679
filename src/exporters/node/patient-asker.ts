import type { Clock } from '../../kit/clock.ts';
import { type Holder, type PoolPlaces, poolPlaces } from './pool-places.ts';

export interface PatientAskerOptions {
  /** How long an answer is waited for. */
  readonly timeoutMs: number;
  readonly places?: PoolPlaces;
}

/**
 * What came of a question. `late`: no answer has come in time, now or when it was asked earlier; `full`: it was not asked, as too much
 * else does not answer.
 */
export type Answer<T> = { readonly value: T } | 'late' | 'full';

/**
 * Asks things that may never answer. Each is asked once at a time: what is late is known, and is not asked again before its answer has
 * come. Whoever asks what another one waits for already waits with it.
 */
export class PatientAsker<T> {
  readonly #timeoutMs: number;
  readonly #places: PoolPlaces;
  /** What is asked and has not answered, late or not. */
  readonly #asked = new Map<string, Promise<Answer<T>>>();

  constructor({ timeoutMs, places = poolPlaces }: PatientAskerOptions) {
    this.#timeoutMs = timeoutMs;
    this.#places = places;
  }

  /** @throws what `work` throws while it is waited for. */
  async ask(key: string, holder: Holder, work: () => Promise<T>, clock: Clock): Promise<Answer<T>> {
    const known = this.#asked.get(key);
    if (known !== undefined) return await known;
    const place = await this.#places.take(holder);
    if (place === undefined) return 'full';
    const meanwhile = this.#asked.get(key);
    if (meanwhile !== undefined) {
      place.release();
      return await meanwhile;
    }
    const answer = new Promise<Answer<T>>((resolve, reject) => {
      const cancel = clock.timer(this.#timeoutMs, () => {
        place.giveUp();
        resolve('late');
      });
      const end = (): void => {
        cancel();
        this.#asked.delete(key);
        place.release();
      };
      work()
        .finally(end)
        .then((value) => resolve({ value }), reject);
    });
    this.#asked.set(key, answer);
    return await answer;
  }
}
