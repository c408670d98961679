import { z } from 'zod';
import { duration } from '../kit/duration.ts';

/** The section `replicas`: several processes that watch one cluster. One that has it not is alone, and does everything. */
export const replicasSchema = z.strictObject({
  /** What the replicas have in common: the name of the Lease by which they elect a leader, and the label of theirs. */
  name: z
    .string()
    .regex(/^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/, 'lower-case letters, digits and "-"')
    .max(63)
    .default('skopos'),
  /** Where the Leases are; the namespace that Skopos runs in when left out. */
  namespace: z.string().optional(),
  /** Unique among the replicas; the pod's name when left out. */
  identity: z.string().optional(),
  /** Whether namespaces are shared out, so that each replica judges some of them. Otherwise each judges all. */
  share: z.boolean().default(false),
  lease_duration: duration.default(15_000),
  renew_deadline: duration.default(10_000),
  retry_period: duration.default(2_000),
});

/** The section `results`: what is written into the cluster. Nothing is where it is left out. */
export const resultsSchema = z.strictObject({
  /** Events about workloads with new findings. */
  events: z.boolean().default(false),
  /** A PolicyReport for each namespace: counts, and the first of its findings. */
  policy_reports: z.boolean().default(false),
  /** How many findings a report names. */
  top: z.int().min(0).max(100).default(20),
});
