import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { fileModeCheck } from '../../host-files.ts';

export const cniFilesMode = defineControl({
  id: 'C-0100',
  name: 'Ensure that the Container Network Interface file permissions are set to 600 or more restrictive',
  baseScore: 6,
  category: 'Network',
  why: 'The CNI configuration says which programs set up the network of each pod, as root: who can write it, owns the node, and some of its files hold credentials.',
  fix: 'Run `chmod 600` on the files in `/etc/cni/net.d` on each node, and see that the CNI plugin writes new ones so.',

  checks: [
    fileModeCheck(
      'ensure-that-the-Container-Network-Interface-file-permissions-are-set-to-600-or-more-restrictive',
      { kind: 'CNIInfo', field: 'CNIConfigFiles' },
      0o600,
    ),
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
                permissions: 420 # 0644
                ownership: { username: root, groupname: root }
        `,
        paths: [],
      },
    ],
  },
});
