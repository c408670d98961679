import { emitKnown, gauge, namespaced } from '../families.ts';
import type { StateResource } from '../family.ts';
import { listAt, secondsAt, textAt } from '../fields.ts';

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/cluster/lease-metrics.md */
export const leases: StateResource = {
  resource: 'leases',
  identity: namespaced('lease'),
  families: [
    gauge('kube_lease_owner', 'Who owns the lease, and who holds it.', (lease, emit) => {
      const owners = listAt(lease, 'metadata', 'ownerReferences');
      for (const owner of owners.length === 0 ? [undefined] : owners)
        emit(
          1,
          ...['owner_kind', textAt(owner, 'kind'), 'owner_name', textAt(owner, 'name')],
          ...['lease_holder', textAt(lease, 'spec', 'holderIdentity')],
        );
    }),
    gauge('kube_lease_renew_time', 'When the lease was renewed last, in Unix seconds.', (lease, emit) =>
      emitKnown(emit, secondsAt(lease, 'spec', 'renewTime')),
    ),
  ],
};
