import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { fileModeCheck } from '../../host-files.ts';

export const kubeProxyConfMode = defineControl({
  id: 'C-0164',
  name: 'If proxy kubeconfig file exists ensure permissions are set to 600 or more restrictive',
  baseScore: 6,
  category: 'Control plane',
  why: 'The file holds the credentials of kube-proxy, which may read the Services and endpoints of the whole cluster.',
  fix: 'Run `chmod 600` on kube-proxy’s kubeconfig file on each node; where it comes from a ConfigMap, mount that with the mode.',

  checks: [
    fileModeCheck(
      'if-proxy-kubeconfig-file-exists-ensure-permissions-are-set-to-600-or-more-restrictive',
      { kind: 'KubeProxyInfo', field: 'kubeConfigFile' },
      0o600,
    ),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: KubeProxyInfo
        metadata: { name: node-a }
        data:
          kubeConfigFile:
            path: /var/lib/kube-proxy/kubeconfig.conf
            permissions: 384 # 0600
            ownership: { username: root, groupname: root }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: hostdata.kubescape.cloud/v1beta0
          kind: KubeProxyInfo
          metadata: { name: node-a }
          data:
            kubeConfigFile:
              path: /var/lib/kube-proxy/kubeconfig.conf
              permissions: 420 # 0644
              ownership: { username: root, groupname: root }
        `,
        paths: [],
      },
    ],
  },
});
