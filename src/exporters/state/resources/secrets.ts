import {
  created,
  gauge,
  labelsAndAnnotations,
  namespaced,
  owners,
  presence,
  resourceVersion,
} from '../families.ts';
import type { StateResource } from '../family.ts';
import { textAt } from '../fields.ts';

/**
 * From metadata and type alone: values of Secrets are never asked for.
 *
 * Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/storage/secret-metrics.md
 */
export const secrets: StateResource = {
  resource: 'secrets',
  identity: namespaced('secret'),
  families: [
    presence('kube_secret_info', 'That the secret is there.'),
    gauge('kube_secret_type', 'The type of the secret.', (secret, emit) => {
      // Unknown where the API server was only asked for metadata.
      const type = textAt(secret, 'type');
      if (type !== '') emit(1, 'type', type);
    }),
    ...labelsAndAnnotations('kube_secret'),
    created('kube_secret'),
    resourceVersion('kube_secret'),
    owners('kube_secret_owner', { isControllerLabel: true }),
  ],
};
