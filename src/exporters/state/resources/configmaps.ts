import { created, labelsAndAnnotations, namespaced, presence, resourceVersion } from '../families.ts';
import type { StateResource } from '../family.ts';

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/storage/configmap-metrics.md */
export const configmaps: StateResource = {
  resource: 'configmaps',
  identity: namespaced('configmap'),
  families: [
    ...labelsAndAnnotations('kube_configmap'),
    presence('kube_configmap_info', 'That the config map is there.'),
    created('kube_configmap'),
    resourceVersion('kube_configmap'),
  ],
};
