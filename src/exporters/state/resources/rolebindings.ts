import { created, gauge, labelsAndAnnotations, namespaced, resourceVersion } from '../families.ts';
import type { StateResource } from '../family.ts';
import { textAt } from '../fields.ts';

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/auth/rolebinding-metrics.md */
export const rolebindings: StateResource = {
  resource: 'rolebindings',
  identity: namespaced('rolebinding'),
  families: [
    ...labelsAndAnnotations('kube_rolebinding'),
    gauge('kube_rolebinding_info', 'The role that is given.', (binding, emit) =>
      emit(
        1,
        ...['roleref_kind', textAt(binding, 'roleRef', 'kind')],
        ...['roleref_name', textAt(binding, 'roleRef', 'name')],
      ),
    ),
    created('kube_rolebinding'),
    resourceVersion('kube_rolebinding'),
  ],
};
