import { forbidden, podSecurityCheck } from '../../checks/pod-security.ts';
import { volumesOf } from '../../checks/volumes.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const podSecurityVolumeTypes = defineControl({
  id: 'P-0012',
  name: 'Pod Security: volumes of the core types only',
  baseScore: 5,
  category: 'Workload',
  why: 'Volumes of other types reach storage and nodes past what PersistentVolumes and their administrators allow.',
  fix: 'Use `configMap`, `csi`, `downwardAPI`, `emptyDir`, `ephemeral`, `persistentVolumeClaim`, `projected` or `secret`; anything else through a PersistentVolumeClaim.',

  checks: [
    podSecurityCheck('volume-types', (_pod, _version, object) =>
      volumesOf(object).flatMap(({ volume, path }) =>
        core.some((type) => (volume as Readonly<Record<string, unknown>>)[type])
          ? []
          : [forbidden(`the volume ${volume.name ?? ''} is of a type that is not allowed`, path)],
      ),
    ),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { containers: [{ name: web }], volumes: [{ name: a, emptyDir: {} }, { name: b, projected: { sources: [] } }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { containers: [{ name: web }], volumes: [{ name: a, nfs: { server: nas, path: / } }] }
        `,
        paths: ['spec.volumes[0]'],
      },
    ],
  },
});

const core = [
  ...['configMap', 'csi', 'downwardAPI', 'emptyDir'],
  ...['ephemeral', 'persistentVolumeClaim', 'projected', 'secret'],
];
