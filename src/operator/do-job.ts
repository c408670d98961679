import { BadInputError } from '../kit/app-error.ts';
import { type ImagesDeps, scanImages, scannerOf, scanWorkloads } from './do-images.ts';
import { scanRegistry } from './do-registry.ts';
import type { JobResult, JobWork } from './job.ts';
import type { DoJob, JobContext } from './job-runner.ts';
import type { PostureScanner } from './posture-scanner.ts';
import type { ScheduleBook } from './schedules/schedule-book.ts';

export interface JobDeps extends ImagesDeps {
  readonly posture: PostureScanner;
  readonly schedules: ScheduleBook;
  /** Why scans of this kind are switched off; undefined when they are not. */
  readonly disabled: (kind: 'posture' | 'images') => string | undefined;
}

/** Does what a job is about. */
export function doJobWith(deps: JobDeps): DoJob {
  return async (context) => {
    const { work } = context.job;
    const kind = work.type === 'posture' ? 'posture' : imageWork.has(work.type) ? 'images' : undefined;
    const off = kind === undefined ? undefined : deps.disabled(kind);
    if (off !== undefined) throw new BadInputError('', off);
    return await doWork(work, deps, context);
  };
}

const imageWork: ReadonlySet<JobWork['type']> = new Set([
  ...(['images', 'workload-images', 'registry', 'registry-check', 'registry-image'] as const),
]);

async function doWork(work: JobWork, deps: JobDeps, context: JobContext): Promise<JobResult> {
  const { signal, job } = context;
  switch (work.type) {
    case 'posture': {
      const { result, report } = await deps.posture.scan(
        work.scope,
        { cause: job.id, report: work.report },
        signal,
      );
      if (report !== undefined) await context.keepReport(report);
      return { type: 'posture', ...result };
    }
    case 'images':
      return await scanWorkloads(work.scope, deps, context);
    case 'workload-images':
      return await scanImages(work, deps, context);
    case 'registry':
      return await scanRegistry(work.registry, deps, context);
    case 'registry-image':
      return await scanImages({ images: [{ container: '', image: work.image }], found: work }, deps, context);
    case 'registry-check':
      await scannerOf(deps).check(work.registry, signal);
      return { type: 'check', answer: `the registry ${work.registry.name} answers`, warnings: [] };
    case 'schedule':
      return { type: 'schedule', ...(await deps.schedules.apply(work.change, job.id, signal)) };
    case 'unsupported':
      throw new BadInputError('', work.reason);
  }
}
