import { created, gauge, labelsAndAnnotations, namespaced } from '../families.ts';
import type { Family, StateResource } from '../family.ts';
import { listAt } from '../fields.ts';

function rules(direction: 'ingress' | 'egress', help: string): Family {
  return gauge(`kube_networkpolicy_spec_${direction}_rules`, help, (policy, emit) =>
    emit(listAt(policy, 'spec', direction).length),
  );
}

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/policy/networkpolicy-metrics.md */
export const networkpolicies: StateResource = {
  resource: 'networkpolicies',
  identity: namespaced('networkpolicy'),
  families: [
    created('kube_networkpolicy'),
    ...labelsAndAnnotations('kube_networkpolicy'),
    rules('egress', 'Rules for what pods may connect to.'),
    rules('ingress', 'Rules for what may connect to pods.'),
  ],
};
