import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { fileModeCheck } from '../../host-files.ts';

export const pkiCertificatesMode = defineControl({
  id: 'C-0111',
  name: 'Ensure that the Kubernetes PKI certificate file permissions are set to 600 or more restrictive',
  baseScore: 8,
  category: 'Control plane',
  why: 'Who can write a CA’s certificate decides whom the components trust, and can put a CA of their own in its place.',
  fix: 'Run `chmod 600` on the `.crt` files in `/etc/kubernetes/pki` on each node of the control plane.',

  checks: [
    fileModeCheck(
      'ensure-that-the-Kubernetes-PKI-certificate-file-permissions-are-set-to-600-or-more-restrictive',
      { kind: 'ControlPlaneInfo', field: 'PKIFiles', suffix: '.crt' },
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
                permissions: 420 # 0644
                ownership: { username: root, groupname: root }
        `,
        paths: [],
      },
    ],
  },
});
