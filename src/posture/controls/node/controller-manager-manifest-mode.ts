import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { fileModeCheck } from '../../host-files.ts';

export const controllerManagerManifestMode = defineControl({
  id: 'C-0094',
  name: 'Ensure that the controller manager pod specification file permissions are set to 600 or more restrictive',
  baseScore: 6,
  category: 'Control plane',
  why: 'Whoever can write the manifest of the controller manager decides how the controller manager is started, and with that owns the cluster; its flags tell readers where keys lie.',
  fix: 'Run `chmod 600 /etc/kubernetes/manifests/kube-controller-manager.yaml` on each node of the control plane.',

  checks: [
    fileModeCheck(
      'ensure-that-the-controller-manager-pod-specification-file-permissions-are-set-to-600-or-more-restrictive',
      { kind: 'ControlPlaneInfo', field: 'controllerManagerInfo.specsFile' },
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
          controllerManagerInfo:
            specsFile:
              path: /etc/kubernetes/manifests/kube-controller-manager.yaml
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
            controllerManagerInfo:
              specsFile:
                path: /etc/kubernetes/manifests/kube-controller-manager.yaml
                permissions: 420 # 0644
                ownership: { username: root, groupname: root }
        `,
        paths: [],
      },
    ],
  },
});
