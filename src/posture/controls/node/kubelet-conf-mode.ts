import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { fileModeCheck } from '../../host-files.ts';

export const kubeletConfMode = defineControl({
  id: 'C-0166',
  name: 'Ensure that the --kubeconfig kubelet.conf file permissions are set to 600 or more restrictive',
  baseScore: 6,
  category: 'Control plane',
  why: 'The file leads to the credentials of the node: with them the secrets of all pods on it can be read.',
  fix: 'Run `chmod 600 /etc/kubernetes/kubelet.conf` (the kubelet’s `--kubeconfig`) on each node.',

  checks: [
    fileModeCheck(
      'ensure-that-the-kubeconfig-kubelet.conf-file-permissions-are-set-to-600-or-more-restrictive',
      { kind: 'KubeletInfo', field: 'kubeConfigFile' },
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
              permissions: 420 # 0644
              ownership: { username: root, groupname: root }
        `,
        paths: [],
      },
    ],
  },
});
