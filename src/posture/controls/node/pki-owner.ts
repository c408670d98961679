import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { fileOwnerCheck } from '../../host-files.ts';

export const pkiOwner = defineControl({
  id: 'C-0110',
  name: 'Ensure that the Kubernetes PKI directory and file ownership is set to root:root',
  baseScore: 8,
  category: 'Control plane',
  why: 'The keys of the cluster’s CAs lie here. Their owner can issue certificates for anybody, administrators included.',
  fix: 'Run `chown -R root:root /etc/kubernetes/pki` on each node of the control plane.',

  checks: [
    fileOwnerCheck('ensure-that-the-Kubernetes-PKI-directory-and-file-ownership-is-set-to-root-root', [
      { kind: 'ControlPlaneInfo', field: 'PKIFiles' },
      { kind: 'ControlPlaneInfo', field: 'PKIDir' },
    ]),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: ControlPlaneInfo
        metadata: { name: node-a }
        data:
          PKIFiles:
            - path: /etc/kubernetes/pki/ca.crt
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
              - path: /etc/kubernetes/pki/ca.crt
                permissions: 384 # 0600
                ownership: { username: deploy, groupname: root }
        `,
        paths: [],
      },
    ],
  },
});
