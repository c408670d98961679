import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { fileModeCheck } from '../../host-files.ts';

export const pkiKeysMode = defineControl({
  id: 'C-0112',
  name: 'Ensure that the Kubernetes PKI key file permissions are set to 600',
  baseScore: 8,
  category: 'Control plane',
  why: 'Whoever reads a private key of the cluster’s PKI can pose as its owner, and with the key of a CA as anybody.',
  fix: 'Run `chmod 600` on the `.key` files in `/etc/kubernetes/pki` on each node of the control plane; issue new keys if others could read them.',

  checks: [
    fileModeCheck(
      'ensure-that-the-Kubernetes-PKI-key-file-permissions-are-set-to-600',
      { kind: 'ControlPlaneInfo', field: 'PKIFiles', suffix: '.key' },
      0o600,
    ),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: ControlPlaneInfo
        metadata: { name: node-a }
        data:
          PKIFiles:
            - path: /etc/kubernetes/pki/ca.key
              permissions: 384 # 0600
              ownership: { username: root, groupname: root }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: hostdata.kubescape.cloud/v1beta0
          kind: ControlPlaneInfo
          metadata: { name: node-a }
          data:
            PKIFiles:
              - path: /etc/kubernetes/pki/ca.key
                permissions: 420 # 0644
                ownership: { username: root, groupname: root }
        `,
        paths: [],
      },
    ],
  },
});
