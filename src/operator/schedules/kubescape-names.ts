import type { ScheduleKind } from './schedule.ts';

/*
 * What Kubescape writes on CronJobs and ConfigMaps of recurring scans, so that those that are there are taken over.
 *
 * Source: https://github.com/kubescape/operator, mainhandler/cronjobhandler.go; https://github.com/armosec/armoapi-go, armotypes/helmconsts.go
 */

/** The label that tells the kind of scan. */
export const tierLabel = 'armo.tier';

export const tiers: Readonly<Record<ScheduleKind, string>> = {
  posture: 'kubescape-scan',
  images: 'vuln-scan',
  registry: 'registry-scan',
};

export const jobIdAnnotation = 'app.kubescape/job-id';
export const updateJobIdAnnotation = 'app.kubescape/update-job-id';
export const namespaceAnnotation = 'app.kubescape/namespace';
export const registryAnnotation = 'armo.cloud/registryname';
/** Both are deprecated; written and read all the same. */
export const oldJobIdAnnotation = 'armo.jobid';
export const oldUpdateJobIdAnnotation = 'armo.updatejobid';
export const frameworkAnnotation = 'armo.framework';

/** The volume of the CronJob's pod that holds the body, and the key in its ConfigMap. */
export const bodyVolume = 'request-body-volume';
export const bodyKey = 'request-body.json';

/** The key of a template ConfigMap. */
export const templateKey = 'cronjobTemplate';

/** Says that we made it. */
export const managedByLabel = 'app.kubernetes.io/managed-by';

/** A CronJob's name may be this long, as its jobs' names have more behind it. */
export const longestName = 52;
