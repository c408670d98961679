import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { fileModeCheck } from '../../host-files.ts';

export const kubeletConfModeManaged = defineControl({
  id: 'C-0238',
  name: 'Ensure that the kubeconfig file permissions are set to 644 or more restrictive',
  baseScore: 6,
  category: 'Control plane',
  why: 'Who can write the kubelet’s kubeconfig file can point the node to another API server. On nodes of a managed cluster others may read it, but not write.',
  fix: 'Run `chmod 644 /var/lib/kubelet/kubeconfig` (the kubelet’s `--kubeconfig`) in the nodes’ start script or image.',

  checks: [
    fileModeCheck(
      'Ensure-that-the-kubeconfig-file-permissions-are-set-to-644-or-more-restrictive',
      { kind: 'KubeletInfo', field: 'kubeConfigFile' },
      0o644,
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
            path: /var/lib/kubelet/kubeconfig
            permissions: 420 # 0644
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
              path: /var/lib/kubelet/kubeconfig
              permissions: 438 # 0666
              ownership: { username: root, groupname: root }
        `,
        paths: [],
      },
    ],
  },
});
