import type { Check } from '../control.ts';
import { itemsOf } from '../pod-spec.ts';
import type { Subject } from '../rbac.ts';

/** The account `default` has no rights but those that Kubernetes itself gives it. */
export const defaultAccountRoles: Check = {
  rule: 'ensure-default-service-accounts-has-only-default-roles',
  kinds: ['RoleBinding', 'ClusterRoleBinding'],
  judge(binding) {
    if (binding.metadata?.labels?.['kubernetes.io/bootstrapping'] === 'rbac-defaults') return [];
    return itemsOf(binding['subjects'] as readonly Subject[] | undefined)
      .filter(({ item: { kind, name } }) => kind === 'ServiceAccount' && name === 'default')
      .map(({ item: { namespace = '' }, index }) => {
        const places = [`subjects[${index}]`];
        const message = `it gives rights to ServiceAccount ${namespace}/default, and so to every pod there that names no account`;
        return { message, deletePaths: places, failedPaths: places, fixPaths: [] };
      });
  },
};

/** The token of the account `default` is in no pod that does not ask for it. */
export const defaultAccountToken: Check = {
  rule: 'automount-default-service-account',
  kinds: ['ServiceAccount'],
  applies: ({ metadata }) => metadata?.name === 'default',
  judge(account) {
    const mounts = account['automountServiceAccountToken'];
    if (mounts === false) return [];
    const message = 'its token is mounted in every pod that names no account';
    const place = 'automountServiceAccountToken';
    if (mounts !== true) {
      const fixPaths = [{ path: place, value: 'false' }];
      return [{ message, deletePaths: [], failedPaths: [], fixPaths }];
    }
    return [{ message, deletePaths: [place], failedPaths: [place], fixPaths: [] }];
  },
};
