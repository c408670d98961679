import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { fileModeCheck } from '../../host-files.ts';

export const controllerManagerConfMode = defineControl({
  id: 'C-0108',
  name: 'Ensure that the controller-manager.conf file permissions are set to 600 or more restrictive',
  baseScore: 6,
  category: 'Control plane',
  why: 'This file holds the credentials of the controller manager: whoever reads it can act in its name, with its rights over the whole cluster.',
  fix: 'Run `chmod 600 /etc/kubernetes/controller-manager.conf` on each node of the control plane.',

  checks: [
    fileModeCheck(
      'ensure-that-the-controller-manager.conf-file-permissions-are-set-to-600-or-more-restrictive',
      { kind: 'ControlPlaneInfo', field: 'controllerManagerInfo.configFile' },
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
            configFile:
              path: /etc/kubernetes/controller-manager.conf
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
              configFile:
                path: /etc/kubernetes/controller-manager.conf
                permissions: 420 # 0644
                ownership: { username: root, groupname: root }
        `,
        paths: [],
      },
    ],
  },
});
