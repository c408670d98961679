import { webhookFamilies } from '../admission-families.ts';
import { namespaced } from '../families.ts';
import type { StateResource } from '../family.ts';

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/extend/validatingwebhookconfiguration-metrics.md */
export const validatingwebhookconfigurations: StateResource = {
  resource: 'validatingwebhookconfigurations',
  identity: namespaced('validatingwebhookconfiguration'),
  families: webhookFamilies('kube_validatingwebhookconfiguration'),
};
