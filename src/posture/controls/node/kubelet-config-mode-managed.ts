import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { fileModeCheck } from '../../host-files.ts';

export const kubeletConfigModeManaged = defineControl({
  id: 'C-0235',
  name: 'Ensure that the kubelet configuration file has permissions set to 644 or more restrictive',
  baseScore: 6,
  category: 'Control plane',
  why: 'Who can write the kubelet’s configuration can switch off its authentication. On nodes of a managed cluster others may read it, but not write.',
  fix: 'Run `chmod 644 /etc/kubernetes/kubelet/kubelet-config.json` (the kubelet’s `--config`) in the nodes’ start script or image.',

  checks: [
    fileModeCheck(
      'ensure-that-the-kubelet-configuration-file-has-permissions-set-to-644-or-more-restrictive',
      { kind: 'KubeletInfo', field: 'configFile' },
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
          configFile:
            path: /etc/kubernetes/kubelet/kubelet-config.json
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
            configFile:
              path: /etc/kubernetes/kubelet/kubelet-config.json
              permissions: 438 # 0666
              ownership: { username: root, groupname: root }
        `,
        paths: [],
      },
    ],
  },
});
