import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { fileModeCheck } from '../../host-files.ts';

export const schedulerConfMode = defineControl({
  id: 'C-0106',
  name: 'Ensure that the scheduler.conf file permissions are set to 600 or more restrictive',
  baseScore: 6,
  category: 'Control plane',
  why: 'This file holds the credentials of the scheduler: whoever reads it can act in its name, with its rights over the whole cluster.',
  fix: 'Run `chmod 600 /etc/kubernetes/scheduler.conf` on each node of the control plane.',

  checks: [
    fileModeCheck(
      'ensure-that-the-scheduler.conf-file-permissions-are-set-to-600-or-more-restrictive',
      { kind: 'ControlPlaneInfo', field: 'schedulerInfo.configFile' },
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
            configFile:
              path: /etc/kubernetes/scheduler.conf
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
              configFile:
                path: /etc/kubernetes/scheduler.conf
                permissions: 420 # 0644
                ownership: { username: root, groupname: root }
        `,
        paths: [],
      },
    ],
  },
});
