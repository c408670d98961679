import type { KubevulnSource, KubevulnStatus } from '../../api/kubescape/kubevuln.ts';
import {
  commandDetail,
  type ImageEndpoint,
  imageEndpoints,
  parseImageCommand,
} from '../../operator/commands/image-command.ts';
import type { Job } from '../../operator/job.ts';
import type { ImagesRole } from '../images/images-role.ts';
import type { OperatorRole } from './operator-role.ts';

/** Jobs as the paths of Kubevuln see them. */
export function kubevulnSource(
  { jobs, store }: Pick<OperatorRole, 'jobs' | 'store'>,
  images: Pick<ImagesRole, 'logins' | 'unreadyBecause'>,
): KubevulnSource {
  return {
    unreadyBecause: images.unreadyBecause,
    detail: commandDetail,
    submit(endpoint, body) {
      const { spec, request, image, logins } = parseImageCommand(endpoint, body);
      // Its logins have to be there before it runs, which may be at once.
      const id = request.id ?? crypto.randomUUID();
      const isKnown = store.get(id) !== undefined;
      if (!isKnown) images.logins.keep(id, image, logins);
      try {
        return jobs.submit(spec, { ...request, id }).job.id;
      } catch (error) {
        if (!isKnown) images.logins.forget(id);
        throw error;
      }
    },
    status(jobId) {
      const job = store.get(jobId);
      const endpoint = imageEndpoints.find((one) => one === job?.command);
      return job === undefined || endpoint === undefined ? undefined : statusOf(job, endpoint);
    },
  };
}

const states = {
  queued: 'queued',
  running: 'running',
  done: 'succeeded',
  failed: 'failed',
  cancelled: 'abandoned',
} as const satisfies Record<Job['state'], KubevulnStatus['state']>;

function statusOf(job: Job, endpoint: ImageEndpoint): KubevulnStatus {
  const { id, state, reason, createdAtMs, startedAtMs, endedAtMs } = job;
  const time = (ms: number): string => new Date(ms).toISOString();
  return {
    jobID: id,
    endpoint,
    state: states[state],
    phase: phases[state],
    ...(reason === '' ? {} : { reason }),
    acceptedAt: time(createdAtMs),
    ...(startedAtMs === undefined ? {} : { startedAt: time(startedAtMs) }),
    ...(endedAtMs === undefined ? {} : { finishedAt: time(endedAtMs) }),
    updatedAt: time(endedAtMs ?? startedAtMs ?? createdAtMs),
  };
}

const phases: Readonly<Record<Job['state'], string>> = {
  queued: 'queued',
  running: 'running',
  done: 'completed',
  failed: 'completed',
  cancelled: 'abandoned',
};
