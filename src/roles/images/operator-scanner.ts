import type { ImageEntry } from '../../images/live/image-entries.ts';
import type { LiveImages } from '../../images/live/image-scans.ts';
import type { ImageStore } from '../../images/live/image-store.ts';
import type { ImageSummary } from '../../images/live/live-image.ts';
import type { Analyser } from '../../images/pipeline/analyser.ts';
import { BadInputError } from '../../kit/app-error.ts';
import { usualPlatform } from '../../model/platform.ts';
import type { FoundBy, FoundImage, ImageScanner, ImageScanOutcome } from '../../operator/image-scanner.ts';
import { plainSeverities } from './foreign-series.ts';
import { namedImage } from './image-uses.ts';
import { scanFound } from './registry-image.ts';
import { hostOf, imagesOf } from './registry-listing.ts';
import type { RegistryScans } from './registry-scans.ts';
import type { RequestLogins } from './request-logins.ts';

export interface OperatorScannerParts {
  readonly live: Pick<LiveImages, 'scan' | 'scanEntry' | 'entries'>;
  readonly analyser: Pick<Analyser, 'repositories' | 'tags' | 'digestOf'>;
  readonly logins: Pick<RequestLogins, 'of'>;
  readonly images: Pick<ImageStore, 'digestOf' | 'name'>;
  readonly registries: RegistryScans;
}

/**
 * Scans on request, with the same results and queue of layers as those of images in use. How registries are spoken to is said in
 * the configuration alone: nobody who may start a job can take TLS away.
 */
export function operatorScanner(parts: OperatorScannerParts): ImageScanner {
  const { live, analyser, logins, registries } = parts;
  return {
    async scan({ image, cause, found, platform = registries.platforms[0] ?? usualPlatform }, signal) {
      const named = namedImage(image);
      if (named === undefined) throw new BadInputError('image', `"${image}" is no image reference`);
      const credentials = logins.of(cause);
      if (found !== undefined) {
        const one = { ...named, platform };
        const scan = () => scanFound(one, parts, { cause, credentials }, signal);
        return outcomeOf(
          image,
          await noted({ image: named.reference, platform }, { found, registries }, scan, signal),
        );
      }
      const inUse = [...live.entries()].find((entry) => isOf(entry, named.reference, image));
      const summary =
        inUse === undefined || credentials !== undefined
          ? await live.scan(inUse?.named ?? { ...named, platform: usualPlatform }, signal, {
              cause,
              credentials,
            })
          : await live.scanEntry(inUse, signal, cause);
      return outcomeOf(image, summary);
    },
    look: (registry, by) => registries.look(registry, by),
    imagesOf: (registry, signal) =>
      imagesOf({ platforms: registries.platforms, ...registry }, analyser, signal),
    async check(registry, signal) {
      for await (const _ of analyser.repositories(hostOf(registry), { signal })) return;
    },
  };
}

/** One that a registry was looked through for is noted, whatever became of it. */
async function noted(
  one: FoundImage,
  {
    found,
    registries,
  }: { readonly found: FoundBy; readonly registries: Pick<RegistryScans, 'scanned' | 'failed'> },
  scan: () => Promise<ImageSummary>,
  signal: AbortSignal,
): Promise<ImageSummary> {
  try {
    const summary = await scan();
    registries.scanned(one, found, summary);
    return summary;
  } catch (error) {
    if (!signal.aborted) registries.failed(one, found, error);
    throw error;
  }
}

/** Whether a name means what is in use: as it is pulled, or as a container writes it. */
function isOf({ named, uses }: Readonly<ImageEntry>, reference: string, image: string): boolean {
  return named.reference === reference || uses.some((use) => use.image === image);
}

function outcomeOf(
  image: string,
  { digest, packages, tallies, reasons, state }: ImageSummary,
): ImageScanOutcome {
  if (state === 'unknown') throw new BadInputError('', `nothing can be said of it: ${reasons.join(' ')}`);
  const vulnerabilities = { critical: 0, high: 0, medium: 0, low: 0, unknown: 0 };
  for (const { severity, count } of tallies) vulnerabilities[plainSeverities[severity]] += count;
  const fixable = tallies.reduce((sum, one) => sum + (one.fixable ? one.count : 0), 0);
  return { image, digest, packages, vulnerabilities, fixable, warnings: reasons };
}
