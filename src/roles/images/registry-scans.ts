import type { ImageSummary } from '../../images/live/live-image.ts';
import { countedOf, nothingKnown } from '../../images/live/registry-rows.ts';
import type { RegistryStore } from '../../images/live/registry-store.ts';
import { parseReference } from '../../images/reference.ts';
import { messageOf } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import type { FoundBy, RegistryRef, RegistryScan } from '../../operator/image-scanner.ts';
import { RegistryTrouble } from './registry-trouble.ts';

/** Looks through registries: how far each is, what it found, and whether the registry can be asked. */
export class RegistryScans {
  readonly #store: RegistryStore;
  readonly #trouble: RegistryTrouble;

  constructor(store: RegistryStore, clock: Clock) {
    this.#store = store;
    this.#trouble = new RegistryTrouble(clock);
  }

  look({ name, depth, include, exclude }: RegistryRef, { job, schedule }: FoundBy): RegistryScan {
    const store = this.#store;
    const trouble = this.#trouble;
    const { registry } = parseReference(`${name}/x`);
    const known = store.begin(job, schedule, { name, depth, include, exclude });
    trouble.reset(registry);
    const counts = { done: 0, failed: 0 };
    return {
      begin(images) {
        const left = images.filter((image) => !known.has(image));
        store.note(job, { found: images.length, passedOver: images.length - left.length });
        return left;
      },
      get isTroubled() {
        return trouble.isTroubled(registry);
      },
      async untilWanted(signal) {
        if (!trouble.isTroubled(registry)) return;
        await trouble.untilWanted(registry, signal, (waitsUntilMs) => store.note(job, { waitsUntilMs }));
        store.note(job, { waitsUntilMs: null });
      },
      tell(outcome) {
        counts[outcome]++;
        store.note(job, counts);
      },
      end: (reason, isListed) => store.end(job, reason, isListed),
    };
  }

  /** One of its images was scanned. */
  scanned(image: string, by: FoundBy, summary: ImageSummary): void {
    this.#trouble.note(image, undefined);
    this.#store.keep({ ...namesOf(image), ...by, digest: summary.digest, ...countedOf(summary) });
  }

  /** It could not be. What is known of it stands while its registry cannot be asked. */
  failed(image: string, by: FoundBy, error: unknown): void {
    if (this.#trouble.note(image, error)) return;
    this.#store.keep({ ...namesOf(image), ...by, digest: '', ...nothingKnown(messageOf(error)) });
  }
}

function namesOf(image: string) {
  const { registry, repository, tag, digest } = parseReference(image);
  const name = `${registry}/${repository}`;
  return {
    image: digest === undefined ? `${name}:${tag ?? ''}` : `${name}@${digest}`,
    ...{ registry, repository },
    tag: digest ?? tag ?? '',
  };
}
