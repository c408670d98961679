import { isSet } from '../../checks/resources.ts';
import { mountsOf, volumesOf } from '../../checks/volumes.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { workloadKinds } from '../../pod-spec.ts';

export const writableHostPath = defineControl({
  id: 'C-0045',
  name: 'Writable hostPath mount',
  baseScore: 8,
  category: 'Workload',
  why: 'A container that can write to a folder of its node can leave something there that the node runs, and stay after its pod is gone.',
  fix: 'Set `readOnly: true` on the mount of the hostPath volume, or use a volume of another kind.',

  checks: [
    {
      rule: 'alert-rw-hostpath',
      kinds: workloadKinds,
      judge(object) {
        const hostPaths = volumesOf(object).filter(({ volume }) => isSet(volume.hostPath));
        return hostPaths.flatMap(({ volume }) =>
          mountsOf(object, volume.name).flatMap(({ mount, path, label }) => {
            if (mount.readOnly === true) return [];
            const message = `${label} can write to ${volume.hostPath?.path ?? 'a folder'} of its node`;
            return [{ message, fixPaths: [{ path: `${path}.readOnly`, value: 'true' }] }];
          }),
        );
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec:
          volumes: [{ name: data, hostPath: { path: /var/log } }]
          containers: [{ name: web, volumeMounts: [{ name: data, mountPath: /data, readOnly: true }] }]
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
        paths: ['spec.containers[0].volumeMounts[0].readOnly'],
      },
    ],
  },
});
