import type { ImageEntry } from '../../images/live/image-entries.ts';
import type { LiveImages } from '../../images/live/image-scans.ts';
import type { ImageSummary } from '../../images/live/live-image.ts';
import type { Analyser } from '../../images/pipeline/analyser.ts';
import { BadInputError } from '../../kit/app-error.ts';
import { compileMatcher } from '../../kit/compile-matcher.ts';
import type { ImageScanner, ImageScanOutcome, RegistryRef } from '../../operator/image-scanner.ts';
import { plainSeverities } from './foreign-series.ts';
import { namedImage } from './image-uses.ts';
import type { RequestLogins } from './request-logins.ts';

const platform = 'linux/amd64';

/**
 * Scans on request, with the same results and queue of layers as those of images in use. How registries are spoken to is said in
 * the configuration alone: nobody who may start a job can take TLS away.
 */
export function operatorScanner(
  live: Pick<LiveImages, 'scan' | 'scanEntry' | 'entries'>,
  analyser: Pick<Analyser, 'repositories' | 'tags'>,
  logins: Pick<RequestLogins, 'of'>,
): ImageScanner {
  return {
    async scan({ image, cause }, signal) {
      const named = namedImage(image);
      if (named === undefined) throw new BadInputError('image', `"${image}" is no image reference`);
      const inUse = [...live.entries()].find((entry) => isOf(entry, named.reference, image));
      const credentials = logins.of(cause);
      const summary =
        inUse === undefined || credentials !== undefined
          ? await live.scan(inUse?.named ?? { ...named, platform }, signal, { cause, credentials })
          : await live.scanEntry(inUse, signal, cause);
      return outcomeOf(image, summary);
    },
    imagesOf: (registry, signal) => imagesOf(registry, analyser, signal),
    async check(registry, signal) {
      for await (const _ of analyser.repositories(partsOf(registry).host, { signal })) return;
    },
  };
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

async function* imagesOf(
  registry: RegistryRef,
  analyser: Pick<Analyser, 'repositories' | 'tags'>,
  signal: AbortSignal,
): AsyncIterable<string> {
  const { host, path } = partsOf(registry);
  const include = registry.include.map(nameTest);
  const exclude = registry.exclude.map(nameTest);
  for await (const repository of analyser.repositories(host, { signal })) {
    if (path !== '' && !`${repository}/`.startsWith(`${path}/`)) continue;
    if (include.length > 0 && !include.some((test) => test(repository))) continue;
    if (exclude.some((test) => test(repository))) continue;
    const tags: string[] = [];
    for await (const tag of analyser.tags(`${host}/${repository}`, { signal })) tags.push(tag);
    for (const tag of tags.sort(newestFirst).slice(0, registry.depth)) yield `${host}/${repository}:${tag}`;
  }
}

function partsOf({ name }: RegistryRef): { readonly host: string; readonly path: string } {
  const [host = '', ...path] = name
    .replace(/^https?:\/\//, '')
    .split('/')
    .filter((part) => part !== '');
  return { host, path: path.join('/') };
}

/** Registries do not tell when a tag was made: `latest` comes first, then the highest numbers. */
function newestFirst(a: string, b: string): number {
  if (a === 'latest' || b === 'latest') return a === b ? 0 : a === 'latest' ? -1 : 1;
  return b.localeCompare(a, 'en', { numeric: true });
}

/** `*` stands for any part of a name. */
function nameTest(pattern: string): (name: string) => boolean {
  const quoted = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return compileMatcher({ op: '=~', value: quoted });
}
