import { clusterWide, created, gauge, labelsAndAnnotations, resourceVersion } from '../families.ts';
import type { StateResource } from '../family.ts';
import { textAt } from '../fields.ts';

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/cluster/clusterrolebinding-metrics.md */
export const clusterrolebindings: StateResource = {
  resource: 'clusterrolebindings',
  identity: clusterWide('clusterrolebinding'),
  families: [
    ...labelsAndAnnotations('kube_clusterrolebinding'),
    gauge('kube_clusterrolebinding_info', 'The role that is given.', (binding, emit) =>
      emit(
        1,
        ...['roleref_kind', textAt(binding, 'roleRef', 'kind')],
        ...['roleref_name', textAt(binding, 'roleRef', 'name')],
      ),
    ),
    created('kube_clusterrolebinding'),
    resourceVersion('kube_clusterrolebinding'),
  ],
};
