import { clusterWide, conditions, created, gauge, labelsAndAnnotations } from '../families.ts';
import type { StateResource } from '../family.ts';
import { textAt } from '../fields.ts';

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/cluster/namespace-metrics.md */
export const namespaces: StateResource = {
  resource: 'namespaces',
  identity: clusterWide('namespace'),
  families: [
    ...labelsAndAnnotations('kube_namespace'),
    created('kube_namespace'),
    conditions('kube_namespace_status_condition', 'Conditions of the namespace.'),
    gauge('kube_namespace_status_phase', 'Whether the namespace is there to stay.', (namespace, emit) => {
      const now = textAt(namespace, 'status', 'phase');
      for (const one of ['Active', 'Terminating']) emit(one === now ? 1 : 0, 'phase', one);
    }),
  ],
};
