import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { fileOwnerCheck } from '../../host-files.ts';

export const clientCaOwner = defineControl({
  id: 'C-0169',
  name: 'Ensure that the client certificate authorities file ownership is set to root:root',
  baseScore: 7,
  category: 'Control plane',
  why: 'The owner of this file decides whose certificates the kubelet accepts, and with that who may run commands on the node.',
  fix: 'Run `chown root:root` on the file that the kubelet’s `clientCAFile` names, on each node.',

  checks: [
    fileOwnerCheck('ensure-that-the-client-certificate-authorities-file-ownership-is-set-to-root-root', [
      { kind: 'KubeletInfo', field: 'clientCAFile' },
    ]),
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
              permissions: 384 # 0600
              ownership: { username: deploy, groupname: root }
        `,
        paths: [],
      },
    ],
  },
});
