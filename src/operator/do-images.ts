import { BadInputError, messageOf } from '../kit/app-error.ts';
import { formatRef, type ObjectRef } from '../model/object.ts';
import type { Severity } from '../model/verdict.ts';
import type { ImageScanner, ImageScanOutcome, ImageScope, RegistryRef } from './image-scanner.ts';
import type { ImagesResult, Job, JobResult, JobSpec, WorkloadImage } from './job.ts';
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
const partsAtOnce = 2;
/** Warnings that a result carries; the rest are counted. */
const mostWarnings = 20;

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
      ({ object, images }): JobSpec => ({
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

/** Each image of a registry as a part of its own. */
export async function scanRegistry(
  registry: RegistryRef,
  deps: ImagesDeps,
  context: JobContext,
): Promise<JobResult> {
  const found = scannerOf(deps).imagesOf(registry, context.signal);
  const { command } = context.job;
  return await inParts(
    map(
      found,
      (image): JobSpec => ({
        kind: 'registry',
        command,
        title: `Scan of the image ${image}`,
        work: { type: 'registry-image', registry, image },
      }),
    ),
    context,
    `the registry ${registry.name} has no images in scope`,
  );
}

/** One after the other. @throws when none could be scanned */
export async function scanImages(
  work: {
    readonly object?: ObjectRef;
    readonly images: readonly WorkloadImage[];
    readonly registry?: RegistryRef;
  },
  deps: ImagesDeps,
  { job, signal }: JobContext,
): Promise<JobResult> {
  const scanner = scannerOf(deps);
  const sum = new Sum();
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
          ...(work.registry === undefined ? {} : { registry: work.registry }),
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
  if (work.images.length > 0 && sum.succeeded === 0) throw new BadInputError('', problem);
  return { type: 'images', ...sum.result() };
}

/** @throws when every part failed, with the first one's reason */
async function inParts(
  specs: AsyncIterable<JobSpec> | Iterable<JobSpec>,
  { part, signal }: JobContext,
  nothing: string,
): Promise<JobResult> {
  const sum = new Sum();
  const parts: { failed: number; all: number; reason: string } = { failed: 0, all: 0, reason: '' };
  const take = (job: Job): void => {
    parts.all++;
    if (job.result?.type === 'images') sum.addResult(job.result);
    if (job.state === 'done') return;
    parts.failed++;
    if (parts.reason === '') parts.reason = job.reason;
    sum.warn(`${job.title}: ${job.reason}`);
  };
  const running = new Set<Promise<void>>();
  for await (const spec of specs) {
    signal.throwIfAborted();
    const done: Promise<void> = part(spec)
      .then(take)
      .finally(() => running.delete(done));
    running.add(done);
    if (running.size >= partsAtOnce) await Promise.race(running);
  }
  await Promise.all(running);
  signal.throwIfAborted();
  if (parts.all === 0) sum.warn(nothing);
  if (parts.all > 0 && parts.failed === parts.all) throw new BadInputError('', parts.reason);
  return { type: 'images', ...sum.result() };
}

/** What several scans found together. */
class Sum {
  succeeded = 0;
  #failed = 0;
  #fixable = 0;
  #warned = 0;
  readonly #vulnerabilities: Record<Severity, number> = {
    critical: 0,
    high: 0,
    medium: 0,
    low: 0,
    unknown: 0,
  };
  readonly #warnings: string[] = [];

  add({ image, vulnerabilities, fixable, warnings }: ImageScanOutcome): void {
    this.succeeded++;
    this.#count(vulnerabilities, fixable);
    for (const warning of warnings) this.warn(`${image}: ${warning}`);
  }

  addResult({ images, failedImages, vulnerabilities, fixable, warnings }: ImagesResult): void {
    this.succeeded += images - failedImages;
    this.#failed += failedImages;
    this.#count(vulnerabilities, fixable);
    for (const warning of warnings) this.warn(warning);
  }

  failed(problem: string): void {
    this.#failed++;
    this.warn(problem);
  }

  warn(warning: string): void {
    this.#warned++;
    if (this.#warnings.length < mostWarnings) this.#warnings.push(warning);
  }

  result(): ImagesResult {
    const more = this.#warned - this.#warnings.length;
    return {
      images: this.succeeded + this.#failed,
      failedImages: this.#failed,
      vulnerabilities: this.#vulnerabilities,
      fixable: this.#fixable,
      warnings: more === 0 ? this.#warnings : [...this.#warnings, `and ${more} more`],
    };
  }

  #count(vulnerabilities: Readonly<Record<Severity, number>>, fixable: number): void {
    for (const severity of Object.keys(this.#vulnerabilities) as Severity[])
      this.#vulnerabilities[severity] += vulnerabilities[severity];
    this.#fixable += fixable;
  }
}

async function* map<From, To>(
  from: AsyncIterable<From> | Iterable<From>,
  to: (one: From) => To,
): AsyncIterable<To> {
  for await (const one of from) yield to(one);
}
