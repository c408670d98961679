import { created, gauge, labelsAndAnnotations, namespacedWithUid, time } from '../families.ts';
import type { Family, StateResource } from '../family.ts';
import { flagAt, listAt, textAt } from '../fields.ts';

function secretsOf(end: string, field: string, help: string): Family {
  return gauge(`kube_serviceaccount_${end}`, help, (account, emit) => {
    for (const secret of listAt(account, field)) emit(1, 'name', textAt(secret, 'name'));
  });
}

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/auth/serviceaccount-metrics.md */
export const serviceaccounts: StateResource = {
  resource: 'serviceaccounts',
  identity: namespacedWithUid('serviceaccount'),
  families: [
    gauge('kube_serviceaccount_info', 'Whether pods get its token by themselves.', (account, emit) => {
      const automount = flagAt(account, 'automountServiceAccountToken');
      emit(1, ...(automount === undefined ? [] : ['automount_token', String(automount)]));
    }),
    created('kube_serviceaccount'),
    time(
      'kube_serviceaccount_deleted',
      'When the account is to be gone, in Unix seconds.',
      ...['metadata', 'deletionTimestamp'],
    ),
    secretsOf('secret', 'secrets', 'Secrets that pods of the account may mount.'),
    secretsOf('image_pull_secret', 'imagePullSecrets', 'Secrets that images are pulled with.'),
    ...labelsAndAnnotations('kube_serviceaccount'),
  ],
};
