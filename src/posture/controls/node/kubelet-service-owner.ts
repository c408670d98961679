import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { fileOwnerCheck } from '../../host-files.ts';

export const kubeletServiceOwner = defineControl({
  id: 'C-0163',
  name: 'Ensure that the kubelet service file ownership is set to root:root',
  baseScore: 6,
  category: 'Control plane',
  why: 'The owner of the kubelet’s service file decides what runs as root on the node at its next start.',
  fix: 'Run `chown root:root` on the kubelet’s service files, e.g. `/etc/systemd/system/kubelet.service.d/10-kubeadm.conf`, on each node.',

  checks: [
    fileOwnerCheck('ensure-that-the-kubelet-service-file-ownership-is-set-to-root-root', [
      { kind: 'KubeletInfo', field: 'serviceFiles' },
    ]),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: KubeletInfo
        metadata: { name: node-a }
        data:
          serviceFiles:
            - path: /etc/systemd/system/kubelet.service.d/10-kubeadm.conf
              permissions: 384 # 0600
              ownership: { username: root, groupname: root }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: hostdata.kubescape.cloud/v1beta0
          kind: KubeletInfo
          metadata: { name: node-a }
          data:
            serviceFiles:
              - path: /etc/systemd/system/kubelet.service.d/10-kubeadm.conf
                permissions: 384 # 0600
                ownership: { username: deploy, groupname: root }
        `,
        paths: [],
      },
    ],
  },
});
