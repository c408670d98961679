import { mountedObjectCheck } from '../../checks/volumes.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const configMapAccess = defineControl({
  id: 'C-0258',
  name: 'Workload with ConfigMap access',
  baseScore: 5,
  category: 'Workload',
  why: 'ConfigMaps tell how the application is built and whom it talks to, and sometimes hold what should be in a Secret.',
  fix: 'Mount the keys that the application uses only (`items`), and keep credentials in Secrets.',

  checks: [
    mountedObjectCheck({
      rule: 'workload-mounted-configmap',
      kind: 'ConfigMap',
      nameIn: (volume) => volume.configMap?.name,
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
          kind: ConfigMap
          metadata: { name: shop, namespace: shop }
          data: { level: info }
          ---
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec:
            volumes: [{ name: data, configMap: { name: shop } }]
            containers: [{ name: web, volumeMounts: [{ name: data, mountPath: /data }] }]
        `,
        paths: ['spec.containers[0].volumeMounts[0]'],
      },
    ],
  },
});
