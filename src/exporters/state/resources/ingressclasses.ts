import { clusterWide, created, gauge, labelsAndAnnotations } from '../families.ts';
import type { StateResource } from '../family.ts';
import { textAt } from '../fields.ts';

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/service/ingressclass-metrics.md */
export const ingressclasses: StateResource = {
  resource: 'ingressclasses',
  identity: clusterWide('ingressclass'),
  families: [
    gauge('kube_ingressclass_info', 'Who serves ingresses of the class.', (ingressClass, emit) =>
      emit(1, 'controller', textAt(ingressClass, 'spec', 'controller')),
    ),
    created('kube_ingressclass'),
    ...labelsAndAnnotations('kube_ingressclass'),
  ],
};
