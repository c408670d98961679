import { clusterWide, created, labelsAndAnnotations, presence, resourceVersion } from '../families.ts';
import type { StateResource } from '../family.ts';

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/cluster/clusterrole-metrics.md */
export const clusterroles: StateResource = {
  resource: 'clusterroles',
  identity: clusterWide('clusterrole'),
  families: [
    ...labelsAndAnnotations('kube_clusterrole'),
    presence('kube_clusterrole_info', 'That the role is there.'),
    created('kube_clusterrole'),
    resourceVersion('kube_clusterrole'),
  ],
};
