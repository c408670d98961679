import { policyInfo } from '../admission-families.ts';
import { created, namespaced } from '../families.ts';
import type { StateResource } from '../family.ts';

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/extend/validatingadmissionpolicy-metrics.md */
export const validatingadmissionpolicies: StateResource = {
  resource: 'validatingadmissionpolicies',
  identity: namespaced('validatingadmissionpolicy'),
  families: [policyInfo('kube_validatingadmissionpolicy'), created('kube_validatingadmissionpolicy')],
};
