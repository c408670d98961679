import { gauge } from '../families.ts';
import type { Family } from '../family.ts';
import { type Fields, flagAt, hasAt, listAt, textAt } from '../fields.ts';

interface ClaimedVolume {
  readonly volume: string;
  readonly claim: string;
  readonly isEphemeral: boolean;
  readonly isReadOnly: boolean;
}

/** The volumes of a pod that are claims: of others, or its own for as long as it lives. */
export const podVolumeFamilies: readonly Family[] = [
  gauge('kube_pod_spec_volumes_persistentvolumeclaims_info', 'Claims that the pod mounts.', (pod, emit) => {
    for (const volume of claimed(pod)) emit(1, ...labelsOf(volume));
  }),
  gauge(
    'kube_pod_spec_volumes_persistentvolumeclaims_readonly',
    'Whether a claim that the pod mounts is for reading only.',
    (pod, emit) => {
      for (const volume of claimed(pod)) emit(volume.isReadOnly ? 1 : 0, ...labelsOf(volume));
    },
  ),
];

function labelsOf({ volume, claim, isEphemeral }: ClaimedVolume): readonly string[] {
  return ['volume', volume, 'persistentvolumeclaim', claim, 'ephemeral', String(isEphemeral)];
}

function claimed(pod: Fields): readonly ClaimedVolume[] {
  return listAt(pod, 'spec', 'volumes').flatMap((one): ClaimedVolume[] => {
    const volume = textAt(one, 'name');
    if (hasAt(one, 'persistentVolumeClaim'))
      return [
        {
          volume,
          claim: textAt(one, 'persistentVolumeClaim', 'claimName'),
          isEphemeral: false,
          isReadOnly: flagAt(one, 'persistentVolumeClaim', 'readOnly') === true,
        },
      ];
    // The claim of such a volume is named after pod and volume.
    return hasAt(one, 'ephemeral')
      ? [
          {
            volume,
            claim: `${textAt(pod, 'metadata', 'name')}-${volume}`,
            isEphemeral: true,
            isReadOnly: false,
          },
        ]
      : [];
  });
}
