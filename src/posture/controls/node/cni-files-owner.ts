import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { fileOwnerCheck } from '../../host-files.ts';

export const cniFilesOwner = defineControl({
  id: 'C-0101',
  name: 'Ensure that the Container Network Interface file ownership is set to root:root',
  baseScore: 6,
  category: 'Network',
  why: 'The owner of the CNI configuration decides which programs run as root whenever a pod gets its network.',
  fix: 'Run `chown root:root` on the files in `/etc/cni/net.d` on each node, and see that the CNI plugin writes new ones so.',

  checks: [
    fileOwnerCheck('ensure-that-the-Container-Network-Interface-file-ownership-is-set-to-root-root', [
      { kind: 'CNIInfo', field: 'CNIConfigFiles' },
    ]),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: CNIInfo
        metadata: { name: node-a }
        data:
          CNIConfigFiles:
            - path: /etc/cni/net.d/10-calico.conflist
              permissions: 384 # 0600
              ownership: { username: root, groupname: root }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: hostdata.kubescape.cloud/v1beta0
          kind: CNIInfo
          metadata: { name: node-a }
          data:
            CNIConfigFiles:
              - path: /etc/cni/net.d/10-calico.conflist
                permissions: 384 # 0600
                ownership: { username: deploy, groupname: root }
        `,
        paths: [],
      },
    ],
  },
});
