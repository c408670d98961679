import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { fileModeCheck } from '../../host-files.ts';

export const kubeletConfigMode = defineControl({
  id: 'C-0170',
  name: 'If the kubelet config.yaml configuration file is being used validate permissions set to 600 or more restrictive',
  baseScore: 7,
  category: 'Control plane',
  why: 'Who can write the kubelet’s configuration can switch off its authentication and have what they like started on the node.',
  fix: 'Run `chmod 600 /var/lib/kubelet/config.yaml` (the kubelet’s `--config`) on each node.',

  checks: [
    fileModeCheck(
      'if-the-kubelet-config.yaml-configuration-file-is-being-used-validate-permissions-set-to-600-or-more-restrictive',
      { kind: 'KubeletInfo', field: 'configFile' },
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
              permissions: 420 # 0644
              ownership: { username: root, groupname: root }
        `,
        paths: [],
      },
    ],
  },
});
