import { policyInfo } from '../admission-families.ts';
import { created, namespaced } from '../families.ts';
import type { StateResource } from '../family.ts';

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/extend/mutatingadmissionpolicy-metrics.md */
export const mutatingadmissionpolicies: StateResource = {
  resource: 'mutatingadmissionpolicies',
  identity: namespaced('mutatingadmissionpolicy'),
  families: [
    policyInfo('kube_mutatingadmissionpolicy', { reinvocation_policy: 'reinvocationPolicy' }),
    created('kube_mutatingadmissionpolicy'),
  ],
};
