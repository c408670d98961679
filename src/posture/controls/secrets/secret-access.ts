import { mountedObjectCheck } from '../../checks/volumes.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const secretAccess = defineControl({
  id: 'C-0255',
  name: 'Workload with secret access',
  baseScore: 8,
  category: 'Secrets',
  why: 'What a workload can read, whoever breaks into it can read too. Each Secret that it mounts is one more to change then.',
  fix: 'Mount the keys that the application uses only (`items`), and a Secret of its own rather than one that is shared.',

  checks: [
    mountedObjectCheck({
      rule: 'workload-mounted-secrets',
      kind: 'Secret',
      nameIn: (volume) => volume.secret?.secretName,
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
          kind: Secret
          metadata: { name: shop, namespace: shop }
          stringData: { password: example }
          ---
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec:
            volumes: [{ name: data, secret: { secretName: shop } }]
            containers: [{ name: web, volumeMounts: [{ name: data, mountPath: /data }] }]
        `,
        paths: ['spec.containers[0].volumeMounts[0]'],
      },
    ],
  },
});
