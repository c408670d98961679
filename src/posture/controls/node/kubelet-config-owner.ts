import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { fileOwnerCheck } from '../../host-files.ts';

export const kubeletConfigOwner = defineControl({
  id: 'C-0171',
  name: 'If the kubelet config.yaml configuration file is being used validate file ownership is set to root:root',
  baseScore: 7,
  category: 'Control plane',
  why: 'The owner of the kubelet’s configuration can switch off its authentication and have what they like started on the node.',
  fix: 'Run `chown root:root /var/lib/kubelet/config.yaml` (the kubelet’s `--config`) on each node.',

  checks: [
    fileOwnerCheck('ensure-that-the-kubelet-configuration-file-ownership-is-set-to-root-root', [
      { kind: 'KubeletInfo', field: 'configFile' },
    ]),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: KubeletInfo
        metadata: { name: node-a }
        data:
          configFile:
            path: /var/lib/kubelet/config.yaml
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
            configFile:
              path: /var/lib/kubelet/config.yaml
              permissions: 384 # 0600
              ownership: { username: deploy, groupname: root }
        `,
        paths: [],
      },
    ],
  },
});
