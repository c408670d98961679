import type { Clock } from '../../kit/clock.ts';
import { RegistryError } from '../image-error.ts';
import { isDigest } from '../reference.ts';

/** A registry that tells no digests by HEAD is not asked so for this long: each of its tags would be asked for twice. */
const silentForMs = 3_600_000;

/** Which registries tell a tag's digest by HEAD. */
export class HeadDigests {
  readonly #clock: Clock;
  readonly #silentUntilMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * @param ask sends the HEAD. @returns its `Docker-Content-Digest`
   * @returns undefined where the registry does not tell it so: its answer has none, or it does not know HEAD (405, 501)
   */
  async of(origin: string, ask: () => Promise<string>): Promise<string | undefined> {
    if (this.#clock.now() < (this.#silentUntilMs.get(origin) ?? 0)) return undefined;
    const digest = await ask().catch((error: unknown) => {
      if (error instanceof RegistryError && (error.status === 405 || error.status === 501)) return '';
      throw error;
    });
    if (isDigest(digest)) return digest;
    this.#silentUntilMs.set(origin, this.#clock.now() + silentForMs);
    return undefined;
  }
}
