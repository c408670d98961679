import { BadInputError, messageOf } from '../kit/app-error.ts';
import { foundBy, type ImagesDeps, partsAtOnce, scannerOf } from './do-images.ts';
import type { FoundImage, ImageScanner, RegistryRef, RegistryScan } from './image-scanner.ts';
import { PartsSum } from './images-sum.ts';
import type { Job, JobResult } from './job.ts';
import type { JobContext } from './job-runner.ts';
import { mostParts } from './job-store.ts';

/** How often an image is tried that failed while its registry could not be asked. */
const mostTries = 3;

interface Listed {
  readonly images: readonly FoundImage[];
  /** What could not be listed, or is too much. */
  readonly problems: readonly string[];
}

/**
 * Each image of a registry as a part of its own. While the registry wants no requests it waits; when it would have to wait too long,
 * or nothing answers, it ends with that reason, and the next scan of the same scope goes on where it ended.
 */
export async function scanRegistry(
  registry: RegistryRef,
  deps: ImagesDeps,
  context: JobContext,
): Promise<JobResult> {
  const scanner = scannerOf(deps);
  const scan = scanner.look(registry, foundBy(context.job));
  const sum = new PartsSum();
  let nothing = `the registry ${registry.name} has no images in scope`;
  try {
    const { images, problems } = await listed(registry, scanner, context.signal);
    const left = scan.begin(images);
    for (const problem of problems) sum.warn(problem);
    const before = images.length - left.length;
    if (before > 0) {
      nothing = 'nothing was left to scan';
      sum.warn(`${before} images were scanned by the last scan, which did not come to its end`);
    }
    await scanAll(left, scan, { registry, context, sum });
    scan.end('', problems.length === 0);
  } catch (error) {
    scan.end(context.signal.aborted ? 'it was stopped before its end' : messageOf(error), false);
    throw error;
  }
  return sum.result(nothing);
}

/** All names first, so that it can be told how far it is. */
async function listed(registry: RegistryRef, scanner: ImageScanner, signal: AbortSignal): Promise<Listed> {
  const images = new Map<string, FoundImage>();
  const problems: string[] = [];
  for await (const one of scanner.imagesOf(registry, signal)) {
    signal.throwIfAborted();
    if ('problem' in one) problems.push(one.problem);
    else images.set(`${one.image} ${one.platform}`, one);
    if (images.size < mostParts) continue;
    problems.push(`it has ${mostParts} images in scope or more; the others are left out: choose less`);
    break;
  }
  if (images.size === 0 && problems.length > 0) throw new BadInputError('', problems[0] ?? '');
  return { images: [...images.values()], problems };
}

interface Try {
  readonly found: FoundImage;
  readonly tries: number;
}

async function scanAll(
  images: readonly FoundImage[],
  scan: RegistryScan,
  {
    registry,
    context,
    sum,
  }: { readonly registry: RegistryRef; readonly context: JobContext; readonly sum: PartsSum },
): Promise<void> {
  const { job, signal } = context;
  const waiting = images.map((found) => ({ found, tries: 1 }));
  // Tries again take parts, too.
  let parts = waiting.length;
  const running = new Set<Promise<void>>();
  const take = (part: Job, { found, tries }: Try): void => {
    const isAgain = part.state === 'failed' && scan.isTroubled && tries < mostTries && parts < mostParts;
    if (isAgain) {
      parts++;
      waiting.push({ found, tries: tries + 1 });
      return;
    }
    scan.tell(part.state === 'done' ? 'done' : 'failed');
    sum.take(part, 1);
  };
  const start = (next: Try): void => {
    const { image, platform } = next.found;
    const done: Promise<void> = context
      .part({
        kind: 'registry',
        command: job.command,
        title: `Scan of the image ${image} for ${platform}`,
        work: { type: 'registry-image', registry, image, platform },
      })
      .then((part) => take(part, next))
      .finally(() => running.delete(done));
    running.add(done);
  };
  try {
    while (waiting.length > 0 || running.size > 0) {
      signal.throwIfAborted();
      const isIdle = running.size === 0;
      if (isIdle) await scan.untilWanted(signal);
      const mayStart = isIdle || (running.size < partsAtOnce && !scan.isTroubled);
      const next = mayStart ? waiting.shift() : undefined;
      if (next !== undefined) start(next);
      else await Promise.race(running);
    }
    signal.throwIfAborted();
  } finally {
    await Promise.allSettled(running);
  }
}
