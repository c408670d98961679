import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { fileModeCheck } from '../../host-files.ts';

export const apiServerManifestMode = defineControl({
  id: 'C-0092',
  name: 'Ensure that the API server pod specification file permissions are set to 600 or more restrictive',
  baseScore: 6,
  category: 'Control plane',
  why: 'Whoever can write the manifest of the API server decides how the API server is started, and with that owns the cluster; its flags tell readers where keys lie.',
  fix: 'Run `chmod 600 /etc/kubernetes/manifests/kube-apiserver.yaml` on each node of the control plane.',

  checks: [
    fileModeCheck(
      'ensure-that-the-API-server-pod-specification-file-permissions-are-set-to-600-or-more-restrictive',
      { kind: 'ControlPlaneInfo', field: 'APIServerInfo.specsFile' },
      0o600,
    ),
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
                permissions: 420 # 0644
                ownership: { username: root, groupname: root }
        `,
        paths: [],
      },
    ],
  },
});
