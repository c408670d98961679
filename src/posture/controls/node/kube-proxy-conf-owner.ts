import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { fileOwnerCheck } from '../../host-files.ts';

export const kubeProxyConfOwner = defineControl({
  id: 'C-0165',
  name: 'If proxy kubeconfig file exists ensure ownership is set to root:root',
  baseScore: 6,
  category: 'Control plane',
  why: 'The owner of kube-proxy’s kubeconfig file can act in its name, or point it to another API server and so redirect traffic.',
  fix: 'Run `chown root:root` on kube-proxy’s kubeconfig file on each node.',

  checks: [
    fileOwnerCheck('if-proxy-kubeconfig-file-exists-ensure-ownership-is-set-to-root-root', [
      { kind: 'KubeProxyInfo', field: 'kubeConfigFile' },
    ]),
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
              permissions: 384 # 0600
              ownership: { username: deploy, groupname: root }
        `,
        paths: [],
      },
    ],
  },
});
