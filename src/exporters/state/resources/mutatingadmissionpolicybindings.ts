import { bindingInfo } from '../admission-families.ts';
import { created, namespaced } from '../families.ts';
import type { StateResource } from '../family.ts';

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/extend/mutatingadmissionpolicybinding-metrics.md */
export const mutatingadmissionpolicybindings: StateResource = {
  resource: 'mutatingadmissionpolicybindings',
  identity: namespaced('mutatingadmissionpolicybinding'),
  families: [
    bindingInfo('kube_mutatingadmissionpolicybinding'),
    created('kube_mutatingadmissionpolicybinding'),
  ],
};
