import { mountedObjectCheck } from '../../checks/volumes.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const persistentVolumeAccess = defineControl({
  id: 'C-0257',
  name: 'Workload with PVC access',
  baseScore: 4,
  category: 'Workload',
  why: 'What lies on a volume outlives the pod, and is open to whoever breaks into it: data of users, for the most part.',
  fix: 'Mount the volume where it is needed only, read-only where nothing is written; encrypt what is worth it.',

  checks: [
    mountedObjectCheck({
      rule: 'workload-mounted-pvc',
      kind: 'PersistentVolumeClaim',
      nameIn: (volume) => volume.persistentVolumeClaim?.claimName,
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec:
          volumes: [{ name: data, emptyDir: {} }]
          containers: [{ name: web, volumeMounts: [{ name: data, mountPath: /data }] }]
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: PersistentVolumeClaim
          metadata: { name: shop, namespace: shop }
          spec: { accessModes: [ReadWriteOnce] }
          ---
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec:
            volumes: [{ name: data, persistentVolumeClaim: { claimName: shop } }]
            containers: [{ name: web, volumeMounts: [{ name: data, mountPath: /data }] }]
        `,
        paths: ['spec.containers[0].volumeMounts[0]'],
      },
    ],
  },
});
