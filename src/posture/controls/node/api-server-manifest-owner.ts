import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { fileOwnerCheck } from '../../host-files.ts';

export const apiServerManifestOwner = defineControl({
  id: 'C-0093',
  name: 'Ensure that the API server pod specification file ownership is set to root:root',
  baseScore: 6,
  category: 'Control plane',
  why: 'The owner of the manifest of the API server can change how the API server is started, and with that owns the cluster.',
  fix: 'Run `chown root:root /etc/kubernetes/manifests/kube-apiserver.yaml` on each node of the control plane.',

  checks: [
    fileOwnerCheck('ensure-that-the-API-server-pod-specification-file-ownership-is-set-to-root-root', [
      { kind: 'ControlPlaneInfo', field: 'APIServerInfo.specsFile' },
    ]),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: ControlPlaneInfo
        metadata: { name: node-a }
        data:
          APIServerInfo:
            specsFile:
              path: /etc/kubernetes/manifests/kube-apiserver.yaml
              permissions: 384 # 0600
              ownership: { username: root, groupname: root }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: hostdata.kubescape.cloud/v1beta0
          kind: ControlPlaneInfo
          metadata: { name: node-a }
          data:
            APIServerInfo:
              specsFile:
                path: /etc/kubernetes/manifests/kube-apiserver.yaml
                permissions: 384 # 0600
                ownership: { username: deploy, groupname: root }
        `,
        paths: [],
      },
    ],
  },
});
