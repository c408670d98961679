import { clusterWide, created, deletionTimestamp, gauge, labelsAndAnnotations, phase } from '../families.ts';
import type { StateResource } from '../family.ts';
import { at, type Fields, hasAt, textAt, textsAt } from '../fields.ts';
import { wholeOf } from '../quantity.ts';

/** Labels of `kube_persistentvolume_info` beside the class and the policy, and where each is found in `spec`. */
const sources: Readonly<Record<string, readonly string[]>> = {
  gce_persistent_disk_name: ['gcePersistentDisk', 'pdName'],
  ebs_volume_id: ['awsElasticBlockStore', 'volumeID'],
  azure_disk_name: ['azureDisk', 'diskName'],
  fc_wwids: ['fc', 'wwids'],
  fc_lun: ['fc', 'lun'],
  fc_target_wwns: ['fc', 'targetWWNs'],
  iscsi_target_portal: ['iscsi', 'targetPortal'],
  iscsi_iqn: ['iscsi', 'iqn'],
  iscsi_lun: ['iscsi', 'lun'],
  iscsi_initiator_name: ['iscsi', 'initiatorName'],
  nfs_server: ['nfs', 'server'],
  nfs_path: ['nfs', 'path'],
  csi_driver: ['csi', 'driver'],
  csi_volume_handle: ['csi', 'volumeHandle'],
  local_path: ['local', 'path'],
  local_fs: ['local', 'fsType'],
  host_path: ['hostPath', 'path'],
  host_path_type: ['hostPath', 'type'],
};

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/storage/persistentvolume-metrics.md */
export const persistentvolumes: StateResource = {
  resource: 'persistentvolumes',
  identity: clusterWide('persistentvolume'),
  families: [
    gauge('kube_persistentvolume_claim_ref', 'The claim that has the volume.', (volume, emit) => {
      const path = ['spec', 'claimRef'];
      if (hasAt(volume, ...path))
        emit(
          1,
          ...['name', textAt(volume, ...path, 'name')],
          ...['claim_namespace', textAt(volume, ...path, 'namespace')],
        );
    }),
    ...labelsAndAnnotations('kube_persistentvolume'),
    phase('kube_persistentvolume_status_phase', 'The phase that the volume is in.', [
      ...['Pending', 'Available', 'Bound', 'Released', 'Failed'],
    ]),
    gauge('kube_persistentvolume_info', 'Where the volume is.', (volume, emit) =>
      emit(
        1,
        ...['storageclass', textAt(volume, 'spec', 'storageClassName')],
        ...Object.entries(sources).flatMap(([label, path]) => [label, sourceText(volume, path)]),
        ...['reclaim_policy', textAt(volume, 'spec', 'persistentVolumeReclaimPolicy')],
      ),
    ),
    gauge('kube_persistentvolume_capacity_bytes', 'Size of the volume.', (volume, emit) =>
      emit(wholeOf(at(volume, 'spec', 'capacity', 'storage')) ?? 0),
    ),
    created('kube_persistentvolume'),
    deletionTimestamp('kube_persistentvolume'),
    {
      ...gauge('kube_persistentvolume_csi_attributes', 'Attributes of Ceph volumes.', (volume, emit) => {
        if (!hasAt(volume, 'spec', 'csi')) return;
        const path = ['spec', 'csi', 'volumeAttributes'];
        emit(
          1,
          ...['csi_mounter', textAt(volume, ...path, 'mounter')],
          ...['csi_map_options', textAt(volume, ...path, 'mapOptions')],
        );
      }),
      isOptIn: true,
    },
    gauge('kube_persistentvolume_volume_mode', 'Whether it is a file system or a device.', (volume, emit) =>
      emit(1, 'volumemode', textAt(volume, 'spec', 'volumeMode') || 'Filesystem'),
    ),
    gauge('kube_persistentvolume_access_mode', 'How the volume may be mounted.', (volume, emit) => {
      for (const mode of textsAt(volume, 'spec', 'accessModes')) emit(1, 'access_mode', mode);
    }),
  ],
};

function sourceText(volume: Fields, path: readonly string[]): string {
  const value = at(volume, 'spec', ...path);
  return Array.isArray(value) ? value.join(',') : textAt(volume, 'spec', ...path);
}
