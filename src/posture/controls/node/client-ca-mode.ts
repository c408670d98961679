import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { fileModeCheck } from '../../host-files.ts';

export const clientCaMode = defineControl({
  id: 'C-0168',
  name: 'Ensure that the certificate authorities file permissions are set to 600 or more restrictive',
  baseScore: 7,
  category: 'Control plane',
  why: 'Who can write this file decides whose certificates the kubelet accepts, and with that who may run commands on the node.',
  fix: 'Run `chmod 600` on the file that the kubelet’s `clientCAFile` names, on each node.',

  checks: [
    fileModeCheck(
      'ensure-that-the-certificate-authorities-file-permissions-are-set-to-600-or-more-restrictive',
      { kind: 'KubeletInfo', field: 'clientCAFile' },
      0o600,
    ),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: KubeletInfo
        metadata: { name: node-a }
        data:
          clientCAFile:
            path: /etc/kubernetes/pki/ca.crt
            permissions: 384 # 0600
            ownership: { username: root, groupname: root }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: hostdata.kubescape.cloud/v1beta0
          kind: KubeletInfo
          metadata: { name: node-a }
          data:
            clientCAFile:
              path: /etc/kubernetes/pki/ca.crt
              permissions: 420 # 0644
              ownership: { username: root, groupname: root }
        `,
        paths: [],
      },
    ],
  },
});
