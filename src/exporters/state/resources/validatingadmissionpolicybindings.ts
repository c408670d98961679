import { bindingInfo } from '../admission-families.ts';
import { created, gauge, namespaced } from '../families.ts';
import type { StateResource } from '../family.ts';
import { textsAt } from '../fields.ts';

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/extend/validatingadmissionpolicybinding-metrics.md */
export const validatingadmissionpolicybindings: StateResource = {
  resource: 'validatingadmissionpolicybindings',
  identity: namespaced('validatingadmissionpolicybinding'),
  families: [
    bindingInfo('kube_validatingadmissionpolicybinding'),
    created('kube_validatingadmissionpolicybinding'),
    gauge(
      'kube_validatingadmissionpolicybinding_validation_action',
      'What a failure leads to.',
      (binding, emit) => {
        for (const action of textsAt(binding, 'spec', 'validationActions')) emit(1, 'action', action);
      },
    ),
  ],
};
