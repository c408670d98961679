import { isPinned } from '../../images/live/image-reader.ts';
import type { LiveImages, ScanOptions } from '../../images/live/image-scans.ts';
import type { ImageStore } from '../../images/live/image-store.ts';
import type { ImageSummary, NamedImage } from '../../images/live/live-image.ts';
import type { Analyser } from '../../images/pipeline/analyser.ts';

export interface FoundImageParts {
  readonly live: Pick<LiveImages, 'scan'>;
  readonly analyser: Pick<Analyser, 'digestOf'>;
  readonly images: Pick<ImageStore, 'digestOf' | 'name'>;
}

/**
 * Scans what a tag leads to now. Its digest is asked for by HEAD, which Docker Hub does not count as a pull; only what is not known by
 * it is fetched, and by that digest, so that a tag that moves meanwhile mixes nothing up.
 *
 * Source: https://docs.docker.com/docker-hub/usage/pulls/
 *
 * @throws {AppError} when it cannot be had or read.
 */
export async function scanFound(
  named: NamedImage,
  { live, analyser, images }: FoundImageParts,
  options: ScanOptions,
  signal: AbortSignal,
): Promise<ImageSummary> {
  const { credentials } = options;
  const digest = isPinned(named)
    ? undefined
    : await analyser.digestOf(named.reference, { signal, ...(credentials && { credentials }) });
  if (digest === undefined) return await live.scan(named, signal, options);
  const byDigest = { ...named, reference: `${named.repository}@${digest}` };
  if (images.digestOf(byDigest) !== undefined) return await live.scan(byDigest, signal, options);
  // With the tag, by which documents say what does not count in it.
  const summary = await live.scan({ ...named, reference: `${named.reference}@${digest}` }, signal, options);
  images.name(byDigest, summary.digest);
  return summary;
}
