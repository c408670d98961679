import { parseQuantity } from '../../../kit/quantity.ts';
import { created, emitKnown, gauge, namespaced } from '../families.ts';
import type { StateResource } from '../family.ts';
import { fieldsAt, listAt, textAt } from '../fields.ts';

const constraints = ['min', 'max', 'default', 'defaultRequest', 'maxLimitRequestRatio'];

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/policy/limitrange-metrics.md */
export const limitranges: StateResource = {
  resource: 'limitranges',
  identity: namespaced('limitrange'),
  families: [
    gauge('kube_limitrange', 'What pods, containers and claims may ask for.', (range, emit) => {
      for (const limit of listAt(range, 'spec', 'limits'))
        for (const constraint of constraints)
          for (const [resource, amount] of Object.entries(fieldsAt(limit, constraint)))
            emitKnown(
              emit,
              parseQuantity(amount),
              ...['resource', resource, 'type', textAt(limit, 'type'), 'constraint', constraint],
            );
    }),
    created('kube_limitrange'),
  ],
};
