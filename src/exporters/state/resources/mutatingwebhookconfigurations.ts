import { webhookFamilies } from '../admission-families.ts';
import { namespaced } from '../families.ts';
import type { StateResource } from '../family.ts';

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/extend/mutatingwebhookconfiguration-metrics.md */
export const mutatingwebhookconfigurations: StateResource = {
  resource: 'mutatingwebhookconfigurations',
  identity: namespaced('mutatingwebhookconfiguration'),
  families: webhookFamilies('kube_mutatingwebhookconfiguration'),
};
