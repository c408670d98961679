import { clusterWide, created, gauge, labelsAndAnnotations } from '../families.ts';
import type { StateResource } from '../family.ts';
import { textAt } from '../fields.ts';

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/storage/storageclass-metrics.md */
export const storageclasses: StateResource = {
  resource: 'storageclasses',
  identity: clusterWide('storageclass'),
  families: [
    gauge('kube_storageclass_info', 'How volumes of the class are made.', (storageClass, emit) =>
      emit(
        1,
        ...['provisioner', textAt(storageClass, 'provisioner')],
        // What the API server fills in where nothing is said.
        ...['reclaim_policy', textAt(storageClass, 'reclaimPolicy') || 'Delete'],
        ...['volume_binding_mode', textAt(storageClass, 'volumeBindingMode') || 'Immediate'],
      ),
    ),
    created('kube_storageclass'),
    ...labelsAndAnnotations('kube_storageclass'),
  ],
};
