import type { KubeObject } from '../../../model/object.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const volumeEncryption = defineControl({
  id: 'C-0264',
  name: 'PersistentVolume without encyption',
  baseScore: 5,
  category: 'Workload',
  why: 'A disk that is not encrypted can be read by whoever gets hold of it, of a copy or of a backup.',
  fix: 'Use a StorageClass that encrypts (`parameters.encrypted: "true"` on AWS; Azure and Google encrypt by themselves) and move the data there.',

  checks: [
    {
      rule: 'pv-without-encryption',
      kinds: ['PersistentVolume'],
      judge(volume, { view }) {
        const name = (volume['spec'] as { storageClassName?: unknown } | null | undefined)?.storageClassName;
        const storage = typeof name === 'string' ? view.get('StorageClass', '', name) : undefined;
        if (storage === undefined || isEncrypted(storage)) return [];
        const fixPaths = [{ path: 'spec.storageClassName', value: '<your encrypted storage class>' }];
        return [{ message: `its StorageClass ${name} does not encrypt`, failedPaths: [], fixPaths }];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: storage.k8s.io/v1
        kind: StorageClass
        metadata: { name: fast }
        provisioner: ebs.csi.aws.com
        parameters: { encrypted: "true" }
        ---
        apiVersion: v1
        kind: PersistentVolume
        metadata: { name: shop }
        spec: { storageClassName: fast }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: storage.k8s.io/v1
          kind: StorageClass
          metadata: { name: fast }
          provisioner: ebs.csi.aws.com
          parameters: { type: gp3 }
          ---
          apiVersion: v1
          kind: PersistentVolume
          metadata: { name: shop }
          spec: { storageClassName: fast }
        `,
        paths: ['spec.storageClassName'],
      },
    ],
  },
});

/** By its parameters on AWS; Azure and Google encrypt every disk. */
function isEncrypted(storage: KubeObject): boolean {
  const { parameters, provisioner } = storage as {
    parameters?: { encrypted?: unknown } | null;
    provisioner?: unknown;
  };
  const maker = typeof provisioner === 'string' ? provisioner : '';
  return parameters?.encrypted === 'true' || maker.includes('azure') || maker.includes('csi.storage.gke.io');
}
