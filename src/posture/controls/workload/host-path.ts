import { hostPathBreaches } from '../../checks/volumes.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { workloadKinds } from '../../pod-spec.ts';

export const hostPath = defineControl({
  id: 'C-0048',
  name: 'HostPath mount',
  baseScore: 7,
  category: 'Workload',
  why: 'A volume that is a folder of the node lets a container read what the node and other pods keep there, and often write it: from there it is a short way to root on the node.',
  fix: 'Use a volume of another kind: `emptyDir`, a PersistentVolumeClaim, a ConfigMap. Where a node agent needs the node’s files, except it and mount them read-only.',

  checks: [
    {
      rule: 'alert-any-hostpath',
      kinds: workloadKinds,
      judge: (object) =>
        hostPathBreaches(
          object,
          () => true,
          (path) => `gives ${path} of the node`,
        ),
    },
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
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec:
            volumes: [{ name: data, hostPath: { path: /var/log } }]
            containers: [{ name: web, volumeMounts: [{ name: data, mountPath: /data }] }]
        `,
        paths: ['spec.volumes[0]', 'spec.containers[0].volumeMounts[0]'],
      },
    ],
  },
});
