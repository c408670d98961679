import type { LiveImages } from '../../images/live/image-scans.ts';
import type { ImageSummary } from '../../images/live/live-image.ts';
import type { Analyser } from '../../images/pipeline/analyser.ts';
import { BadInputError } from '../../kit/app-error.ts';
import { compileMatcher } from '../../kit/compile-matcher.ts';
import type { Severity } from '../../model/verdict.ts';
import type { VulnerabilitySeverity } from '../../model/vulnerability.ts';
import type { ImageScanner, ImageScanOutcome, RegistryRef } from '../../operator/image-scanner.ts';
import { namedImage } from './image-uses.ts';

const platform = 'linux/amd64';

/** Severities as jobs count them; what is negligible is at least low. */
const severityWords: Readonly<Record<VulnerabilitySeverity, Severity>> = {
  Critical: 'critical',
  High: 'high',
  Medium: 'medium',
  Low: 'low',
  Negligible: 'low',
  Unknown: 'unknown',
};

/**
 * Scans on request, with the same results and queue of layers as those of images in use. How registries are spoken to is said in
 * the configuration alone: nobody who may start a job can take TLS away.
 */
export function operatorScanner(
  live: Pick<LiveImages, 'scan' | 'entries'>,
  analyser: Pick<Analyser, 'repositories' | 'tags'>,
): ImageScanner {
  return {
    async scan({ image }, signal) {
      const named = namedImage(image);
      if (named === undefined) throw new BadInputError('image', `"${image}" is no image reference`);
      return outcomeOf(image, await live.scan({ ...named, platform }, signal));
    },
    imagesOf: (registry, signal) => imagesOf(registry, analyser, signal),
    async check(registry, signal) {
      for await (const _ of analyser.repositories(partsOf(registry).host, { signal })) return;
    },
  };
}

function outcomeOf(
  image: string,
  { digest, packages, tallies, reasons, state }: ImageSummary,
): ImageScanOutcome {
  if (state === 'unknown') throw new BadInputError('', `nothing can be said of it: ${reasons.join(' ')}`);
  const vulnerabilities = { critical: 0, high: 0, medium: 0, low: 0, unknown: 0 };
  for (const { severity, count } of tallies) vulnerabilities[severityWords[severity]] += count;
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
