import { parseQuantity } from '../../../kit/quantity.ts';
import { created, emitKnown, gauge, labelsAndAnnotations, namespaced } from '../families.ts';
import type { StateResource } from '../family.ts';
import { fieldsAt } from '../fields.ts';

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/policy/resourcequota-metrics.md */
export const resourcequotas: StateResource = {
  resource: 'resourcequotas',
  identity: namespaced('resourcequota'),
  families: [
    created('kube_resourcequota'),
    gauge('kube_resourcequota', 'What may be used, and what is.', (quota, emit) => {
      for (const type of ['hard', 'used'])
        for (const [resource, amount] of Object.entries(fieldsAt(quota, 'status', type)))
          emitKnown(emit, parseQuantity(amount), 'resource', resource, 'type', type);
    }),
    ...labelsAndAnnotations('kube_resourcequota'),
  ],
};
