import { clusterWide, created, flag, gauge, labels } from '../families.ts';
import type { StateResource } from '../family.ts';
import { fieldsAt, textAt } from '../fields.ts';
import { labelsOfKeys } from '../label-names.ts';

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/storage/volumeattachment-metrics.md */
export const volumeattachments: StateResource = {
  resource: 'volumeattachments',
  identity: clusterWide('volumeattachment'),
  families: [
    gauge('kube_volumeattachment_info', 'Who attaches a volume to which node.', (attachment, emit) =>
      emit(
        1,
        'attacher',
        textAt(attachment, 'spec', 'attacher'),
        'node',
        textAt(attachment, 'spec', 'nodeName'),
      ),
    ),
    created('kube_volumeattachment'),
    labels('kube_volumeattachment'),
    gauge('kube_volumeattachment_spec_source_persistentvolume', 'The volume.', (attachment, emit) => {
      const name = textAt(attachment, 'spec', 'source', 'persistentVolumeName');
      if (name !== '') emit(1, 'volumename', name);
    }),
    flag('kube_volumeattachment_status_attached', 'Whether it is attached.', 'status', 'attached'),
    gauge(
      'kube_volumeattachment_status_attachment_metadata',
      'What the attacher says of it.',
      (attachment, emit) => {
        const pairs = labelsOfKeys(
          'metadata',
          fieldsAt(attachment, 'status', 'attachmentMetadata'),
          () => true,
        );
        if (pairs.length > 0) emit(1, ...pairs);
      },
    ),
  ],
};
