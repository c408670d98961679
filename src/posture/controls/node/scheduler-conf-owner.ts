import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { fileOwnerCheck } from '../../host-files.ts';

export const schedulerConfOwner = defineControl({
  id: 'C-0107',
  name: 'Ensure that the scheduler.conf file ownership is set to root:root',
  baseScore: 6,
  category: 'Control plane',
  why: 'The owner of this file can act in the name of the scheduler, or point it to another API server.',
  fix: 'Run `chown root:root /etc/kubernetes/scheduler.conf` on each node of the control plane.',

  checks: [
    fileOwnerCheck('ensure-that-the-scheduler.conf-file-ownership-is-set-to-root-root', [
      { kind: 'ControlPlaneInfo', field: 'schedulerInfo.configFile' },
    ]),
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
                permissions: 384 # 0600
                ownership: { username: deploy, groupname: root }
        `,
        paths: [],
      },
    ],
  },
});
