import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { fileModeCheck } from '../../host-files.ts';

export const kubeletServiceMode = defineControl({
  id: 'C-0162',
  name: 'Ensure that the kubelet service file permissions are set to 600 or more restrictive',
  baseScore: 6,
  category: 'Control plane',
  why: 'Who can write the kubelet’s service file decides what runs as root on the node at its next start.',
  fix: 'Run `chmod 600` on the kubelet’s service files, e.g. `/etc/systemd/system/kubelet.service.d/10-kubeadm.conf`, on each node.',

  checks: [
    fileModeCheck(
      'ensure-that-the-kubelet-service-file-permissions-are-set-to-600-or-more-restrictive',
      { kind: 'KubeletInfo', field: 'serviceFiles' },
      0o600,
    ),
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
                permissions: 420 # 0644
                ownership: { username: root, groupname: root }
        `,
        paths: [],
      },
    ],
  },
});
