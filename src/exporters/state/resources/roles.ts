import { created, labelsAndAnnotations, namespaced, presence, resourceVersion } from '../families.ts';
import type { StateResource } from '../family.ts';

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/auth/role-metrics.md */
export const roles: StateResource = {
  resource: 'roles',
  identity: namespaced('role'),
  families: [
    ...labelsAndAnnotations('kube_role'),
    presence('kube_role_info', 'That the role is there.'),
    created('kube_role'),
    resourceVersion('kube_role'),
  ],
};
