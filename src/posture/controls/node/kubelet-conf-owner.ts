import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { fileOwnerCheck } from '../../host-files.ts';

export const kubeletConfOwner = defineControl({
  id: 'C-0167',
  name: 'Ensure that the --kubeconfig kubelet.conf file ownership is set to root:root',
  baseScore: 6,
  category: 'Control plane',
  why: 'The owner of this file can act in the node’s name, or point its kubelet to another API server, which then runs what it likes there.',
  fix: 'Run `chown root:root /etc/kubernetes/kubelet.conf` (the kubelet’s `--kubeconfig`) on each node.',

  checks: [
    fileOwnerCheck('ensure-that-the-kubeconfig-kubelet.conf-file-ownership-is-set-to-root-root', [
      { kind: 'KubeletInfo', field: 'kubeConfigFile' },
    ]),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: KubeletInfo
        metadata: { name: node-a }
        data:
          kubeConfigFile:
            path: /etc/kubernetes/kubelet.conf
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
            kubeConfigFile:
              path: /etc/kubernetes/kubelet.conf
              permissions: 384 # 0600
              ownership: { username: deploy, groupname: root }
        `,
        paths: [],
      },
    ],
  },
});
