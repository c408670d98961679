import { z } from 'zod';
import { duration } from '../kit/duration.ts';

/** `operator:` of `skopos.yaml`: jobs, and recurring scans. */
export const operatorRoleSchema = z.strictObject({
  /** Where new recurring scans are kept: as CronJobs of the cluster, by the built-in scheduler, or as CronJobs where there are rights to. */
  schedules: z.enum(['auto', 'cronjobs', 'built-in']).default('auto'),
  /** Of CronJobs, their ConfigMaps and the cluster's settings; the pod's own when left out, outside of a cluster `skopos`. */
  namespace: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'the name of a namespace')
    .optional(),
  /** Where the pods of CronJobs reach this process. */
  trigger_url: z.url().default('http://skopos:9600'),
  /** What the pods of CronJobs run where the cluster has no template: an image that has the `skopos` command. */
  image: z.string().min(1).optional(),
  /** The Secret that holds the API token for the pods of CronJobs. */
  token_secret: z
    .strictObject({ name: z.string().min(1), key: z.string().min(1).default('token') })
    .optional(),
  /** Jobs that may wait; requests for more are refused. */
  max_queued_jobs: z.int().min(1).max(10_000).default(100),
  /** A job that takes longer fails. */
  job_timeout: duration.default(3_600_000),
  /** Jobs that are remembered; their parts come on top. */
  max_jobs: z.int().min(10).max(100_000).default(1000),
  /** Reports of `/v1/scan` that are kept for `/v1/results`. */
  max_reports: z.int().min(1).max(1000).default(10),
});

export const operatorDefaults = {
  schedules: 'auto',
  trigger_url: 'http://skopos:9600',
  max_queued_jobs: 100,
  job_timeout: 3_600_000,
  max_jobs: 1000,
  max_reports: 10,
} as const;
