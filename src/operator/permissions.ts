/** One rule of a Role or ClusterRole. */
export interface OperatorRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  /** Any name when left out. */
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** ConfigMaps of templates for CronJobs, by the kind of scan; the names are Kubescape's. */
export const templateConfigMaps = {
  posture: 'kubescape-cronjob-template',
  images: 'kubevuln-cronjob-template',
  registry: 'registry-scan-cronjob-template',
} as const;

/** The ConfigMap of URLs and switches that the spec names. */
export const settingsConfigMap = 'ks-cloud-config';

/**
 * What recurring scans as CronJobs need, in the operator's own namespace alone (a Role, not a ClusterRole). Without it the built-in
 * scheduler runs them.
 */
export const scheduleRules: readonly OperatorRule[] = [
  {
    apiGroups: ['batch'],
    resources: ['cronjobs'],
    verbs: ['get', 'list', 'create', 'update', 'delete'],
  },
  { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'create', 'update', 'delete'] },
];

/** What reading the settings of the spec's ConfigMap needs, in the operator's own namespace alone. */
export const settingsRules: readonly OperatorRule[] = [
  { apiGroups: [''], resources: ['configmaps'], resourceNames: [settingsConfigMap], verbs: ['get'] },
];

/** What the pod of a CronJob needs of the Kubernetes API: nothing. It runs without a mounted token. */
export const cronJobPodRules: readonly OperatorRule[] = [];
