import type { CronJob } from './cron-job.ts';
import { bodyKey, bodyVolume } from './kubescape-names.ts';

/** What the pods of CronJobs are made of where the cluster has no template. */
export interface CronJobPod {
  /** An image that has the `skopos` command. */
  readonly image: string;
  /** Where the pod reaches the operator: `http://skopos:9600`. */
  readonly triggerUrl: string;
  /** The Secret and its key with the API token; the pod sends none when left out. */
  readonly tokenSecret?: { readonly name: string; readonly key: string };
}

const folder = '/home/skopos/request';

/** A CronJob whose pod only sends its body to the operator. It has no rights, no writable disk and no user that is root. */
export function defaultTemplate({ image, triggerUrl, tokenSecret }: CronJobPod): CronJob {
  const token =
    tokenSecret === undefined
      ? []
      : [
          {
            name: 'SKOPOS_TOKEN',
            valueFrom: { secretKeyRef: { name: tokenSecret.name, key: tokenSecret.key } },
          },
        ];
  // The pods of one Job that are tried again send the same key, and so are one run.
  const job = { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/job-name']" } };
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'template' },
    spec: {
      schedule: '0 0 * * *',
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 3600,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 1,
      jobTemplate: {
        spec: {
          backoffLimit: 5,
          activeDeadlineSeconds: 900,
          ttlSecondsAfterFinished: 86_400,
          template: {
            metadata: {},
            spec: {
              restartPolicy: 'Never',
              automountServiceAccountToken: false,
              enableServiceLinks: false,
              securityContext: {
                runAsNonRoot: true,
                runAsUser: 65532,
                runAsGroup: 65532,
                seccompProfile: { type: 'RuntimeDefault' },
              },
              containers: [
                {
                  name: 'trigger',
                  image,
                  args: ['trigger', '--url', triggerUrl, '--body', `${folder}/${bodyKey}`],
                  env: [{ name: 'SKOPOS_REQUEST_KEY', valueFrom: job }, ...token],
                  resources: {
                    requests: { cpu: '10m', memory: '64Mi' },
                    limits: { cpu: '500m', memory: '128Mi' },
                  },
                  securityContext: {
                    allowPrivilegeEscalation: false,
                    readOnlyRootFilesystem: true,
                    capabilities: { drop: ['ALL'] },
                  },
                  volumeMounts: [{ name: bodyVolume, mountPath: folder, readOnly: true }],
                },
              ],
              volumes: [{ name: bodyVolume, configMap: { name: 'template' } }],
            },
          },
        },
      },
    },
  };
}
