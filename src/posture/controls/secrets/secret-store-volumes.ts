import { isSet } from '../../checks/resources.ts';
import { volumesOf } from '../../checks/volumes.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { podOf, workloadKinds } from '../../pod-spec.ts';

export const secretStoreVolumes = defineControl({
  id: 'C-0234',
  name: 'Consider external secret storage',
  baseScore: 6,
  category: 'Secrets',
  why: 'Secrets of Kubernetes lie in etcd and in backups of it; a secret store knows who read what, and changes values by itself.',
  fix: 'Keep credentials in a store (AWS Secrets Manager, Vault) and mount them with the Secrets Store CSI driver.',

  checks: [
    {
      rule: 'ensure-external-secrets-storage-is-in-use',
      kinds: workloadKinds,
      judge(object) {
        const pod = podOf(object);
        if (pod === undefined) return [];
        if (volumesOf(object).some(({ volume }) => isSet(volume.csi?.volumeAttributes?.secretProviderClass)))
          return [];
        const path = `${pod.path}.volumes[0].csi.volumeAttributes.secretProviderClass`;
        const message = 'it mounts nothing from a secret store';
        return [{ message, failedPaths: [], fixPaths: [{ path, value: 'YOUR_VALUE' }] }];
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
          volumes: [{ name: data, csi: { driver: secrets-store.csi.k8s.io, volumeAttributes: { secretProviderClass: shop } } }]
          containers: [{ name: web }]
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { containers: [{ name: web, image: nginx }] }
        `,
        paths: ['spec.volumes[0].csi.volumeAttributes.secretProviderClass'],
      },
    ],
  },
});
