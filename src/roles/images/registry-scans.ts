import type { ImageStore } from '../../images/live/image-store.ts';
import type { ImageSummary } from '../../images/live/live-image.ts';
import { countedOf, nothingKnown } from '../../images/live/registry-rows.ts';
import type { RegistryStore } from '../../images/live/registry-store.ts';
import { parseReference } from '../../images/reference.ts';
import { messageOf } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import { Recent } from '../../kit/recent.ts';
import { isOfPlatform } from '../../model/platform.ts';
import type { FoundBy, FoundImage, RegistryRef, RegistryScan } from '../../operator/image-scanner.ts';
import { RegistryTrouble } from './registry-trouble.ts';

export interface RegistryScansOptions {
  readonly store: RegistryStore;
  readonly images: Pick<ImageStore, 'sbom'>;
  readonly clock: Clock;
  /** Of scans that do not say; the first of them, of images that are asked for by themselves. */
  readonly platforms: readonly string[];
}

/** Looks through registries: how far each is, what it found, and whether the registry can be asked. */
export class RegistryScans {
  readonly #options: RegistryScansOptions;
  readonly #trouble: RegistryTrouble;
  /** By digest: what an image is for stands in its SBOM, which is long. */
  readonly #platforms = new Recent<string, string>(10_000);

  constructor(options: RegistryScansOptions) {
    this.#options = options;
    this.#trouble = new RegistryTrouble(options.clock);
  }

  /** What a scan looks at where it does not say. */
  get platforms(): readonly string[] {
    return this.#options.platforms;
  }

  look(ref: RegistryRef, { job, schedule }: FoundBy): RegistryScan {
    const { store } = this.#options;
    const trouble = this.#trouble;
    const { name, depth, include, exclude, platforms = this.platforms } = ref;
    const { registry } = parseReference(`${name}/x`);
    const isKnown = store.begin(job, schedule, { name, depth, include, exclude, platforms });
    trouble.reset(registry);
    const counts = { done: 0, failed: 0 };
    return {
      begin(images) {
        const left = images.filter((image) => !isKnown(image));
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
  scanned({ image, platform }: FoundImage, by: FoundBy, summary: ImageSummary): void {
    const { store } = this.#options;
    const { digest } = summary;
    this.#trouble.note(image, undefined);
    const own = this.#platformOf(digest);
    const names = { ...namesOf(image), platform: isOfPlatform(own, platform) ? platform : own };
    store.keep({ ...names, ...by, digest, ...countedOf(summary) });
  }

  /** It could not be. What is known of it stands while its registry cannot be asked. */
  failed({ image, platform }: FoundImage, by: FoundBy, error: unknown): void {
    if (this.#trouble.note(image, error)) return;
    const unknown = nothingKnown(messageOf(error));
    this.#options.store.keep({ ...namesOf(image), platform, ...by, digest: '', ...unknown });
  }

  #platformOf(digest: string): string {
    const known = this.#platforms.get(digest);
    if (known !== undefined) return known;
    const platform = this.#options.images.sbom(digest)?.platform ?? '';
    this.#platforms.set(digest, platform);
    return platform;
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
