import { BadInputError, messageOf } from '../kit/app-error.ts';
import { formatRef, type ObjectRef } from '../model/object.ts';
import type { FoundBy, ImageScanner, ImageScope } from './image-scanner.ts';
import { ImagesSum, PartsSum } from './images-sum.ts';
import type { Job, JobResult, JobSpec, WorkloadImage } from './job.ts';
import type { JobContext } from './job-runner.ts';

export interface ImagesDeps {
  /** Undefined while this process scans no images. */
  readonly images: () => ImageScanner | undefined;
  /** Workloads in scope that run anything, one at a time. */
  readonly workloads: (scope: ImageScope) => Iterable<{
    readonly object: ObjectRef;
    readonly images: readonly WorkloadImage[];
  }>;
}

/** Parts of one job that are done at once. */
export const partsAtOnce = 2;

/** @throws {BadInputError} when there is no scanner of images */
export function scannerOf({ images }: ImagesDeps): ImageScanner {
  const scanner = images();
  if (scanner === undefined)
    throw new BadInputError('', 'this Skopos scans no images: its role "images" is not running');
  return scanner;
}

/** Each workload in scope as a part of its own. */
export async function scanWorkloads(
  scope: ImageScope,
  deps: ImagesDeps,
  context: JobContext,
): Promise<JobResult> {
  scannerOf(deps);
  const { command } = context.job;
  if (scope.images !== undefined) {
    const images = scope.images.map((image) => ({ container: '', image }));
    return await scanImages({ images }, deps, context);
  }
  return await inParts(
    map(
      deps.workloads(scope),
      ({ object, images }): WorkloadSpec => ({
        kind: 'images',
        command,
        title: `Scan of the images of ${formatRef(object)}`,
        work: { type: 'workload-images', object, images },
      }),
    ),
    context,
    'no workload in scope runs an image',
  );
}

/** One after the other. @throws when none could be scanned */
export async function scanImages(
  work: {
    readonly object?: ObjectRef;
    readonly images: readonly WorkloadImage[];
    /** When it was asked for as one of a registry. */
    readonly found?: { readonly platform?: string };
  },
  deps: ImagesDeps,
  { job, signal }: JobContext,
): Promise<JobResult> {
  const scanner = scannerOf(deps);
  const sum = new ImagesSum();
  let problem = '';
  for (const { container, image } of work.images) {
    signal.throwIfAborted();
    try {
      const outcome = await scanner.scan(
        {
          image,
          cause: job.id,
          ...(work.object === undefined ? {} : { workload: work.object }),
          ...(container === '' ? {} : { container }),
          ...(work.found === undefined ? {} : { found: foundBy(job) }),
          ...(work.found?.platform === undefined ? {} : { platform: work.found.platform }),
        },
        signal,
      );
      sum.add(outcome);
    } catch (error) {
      signal.throwIfAborted();
      problem = `${image}: ${messageOf(error)}`;
      sum.failed(problem);
    }
  }
  if (work.images.length > 0 && sum.isInVain) throw new BadInputError('', problem);
  return { type: 'images', ...sum.result() };
}

/** The job that people asked for, not its part. */
export function foundBy({ id, parentId, isPart, schedule }: Job): FoundBy {
  return { job: isPart ? parentId : id, schedule };
}

/** @throws when every part failed, with the first one's reason */
async function inParts(
  specs: Iterable<WorkloadSpec>,
  { part, signal }: JobContext,
  nothing: string,
): Promise<JobResult> {
  const sum = new PartsSum();
  const running = new Set<Promise<void>>();
  for (const spec of specs) {
    signal.throwIfAborted();
    const done: Promise<void> = part(spec)
      .then((job) => sum.take(job, spec.work.images.length))
      .finally(() => running.delete(done));
    running.add(done);
    if (running.size >= partsAtOnce) await Promise.race(running);
  }
  await Promise.all(running);
  signal.throwIfAborted();
  return sum.result(nothing);
}

type WorkloadSpec = JobSpec & { readonly work: { readonly images: readonly WorkloadImage[] } };

function* map<From, To>(from: Iterable<From>, to: (one: From) => To): Iterable<To> {
  for (const one of from) yield to(one);
}
