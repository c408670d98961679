import {
  created,
  deletionTimestamp,
  emitCondition,
  emitKnown,
  gauge,
  labelsAndAnnotations,
  namespaced,
  phase,
} from '../families.ts';
import type { Family, StateResource } from '../family.ts';
import { at, fieldsAt, listAt, textAt, textsAt } from '../fields.ts';
import { wholeOf } from '../quantity.ts';

const prefix = 'kube_persistentvolumeclaim';

const info: Family = gauge(`${prefix}_info`, 'What the claim asks for, and its volume.', (claim, emit) => {
  const old = fieldsAt(claim, 'metadata', 'annotations')['volume.beta.kubernetes.io/storage-class'];
  emit(
    1,
    ...['storageclass', typeof old === 'string' ? old : textAt(claim, 'spec', 'storageClassName')],
    ...['volumename', textAt(claim, 'spec', 'volumeName')],
    ...['volumemode', textAt(claim, 'spec', 'volumeMode')],
  );
});

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/storage/persistentvolumeclaim-metrics.md */
export const persistentvolumeclaims: StateResource = {
  resource: 'persistentvolumeclaims',
  identity: namespaced('persistentvolumeclaim'),
  families: [
    ...labelsAndAnnotations(prefix),
    info,
    phase(`${prefix}_status_phase`, 'The phase that the claim is in.', ['Lost', 'Bound', 'Pending']),
    gauge(`${prefix}_resource_requests_storage_bytes`, 'Size that is asked for.', (claim, emit) =>
      emitKnown(emit, wholeOf(at(claim, 'spec', 'resources', 'requests', 'storage'))),
    ),
    gauge(`${prefix}_access_mode`, 'How the volume is to be mounted.', (claim, emit) => {
      for (const mode of textsAt(claim, 'spec', 'accessModes')) emit(1, 'access_mode', mode);
    }),
    gauge(`${prefix}_status_condition`, 'Conditions of the claim.', (claim, emit) => {
      // Documented as `type`, and named `condition`.
      for (const { type, status } of listAt(claim, 'status', 'conditions'))
        emitCondition(emit, status, 'status', 'condition', String(type), 'type', String(type));
    }),
    created(prefix),
    deletionTimestamp(prefix),
  ],
};
