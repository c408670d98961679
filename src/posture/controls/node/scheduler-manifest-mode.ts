import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { fileModeCheck } from '../../host-files.ts';

export const schedulerManifestMode = defineControl({
  id: 'C-0096',
  name: 'Ensure that the scheduler pod specification file permissions are set to 600 or more restrictive',
  baseScore: 6,
  category: 'Control plane',
  why: 'Whoever can write the manifest of the scheduler decides how the scheduler is started, and with that owns the cluster; its flags tell readers where keys lie.',
  fix: 'Run `chmod 600 /etc/kubernetes/manifests/kube-scheduler.yaml` on each node of the control plane.',

  checks: [
    fileModeCheck(
      'ensure-that-the-scheduler-pod-specification-file-permissions-are-set-to-600-or-more-restrictive',
      { kind: 'ControlPlaneInfo', field: 'schedulerInfo.specsFile' },
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
          schedulerInfo:
            specsFile:
              path: /etc/kubernetes/manifests/kube-scheduler.yaml
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
            schedulerInfo:
              specsFile:
                path: /etc/kubernetes/manifests/kube-scheduler.yaml
                permissions: 420 # 0644
                ownership: { username: root, groupname: root }
        `,
        paths: [],
      },
    ],
  },
});
