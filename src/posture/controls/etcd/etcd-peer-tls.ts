import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, required } from '../../flag-checks.ts';

export const etcdPeerTls = defineControl({
  id: 'C-0156',
  name: 'Ensure that the --peer-cert-file and --peer-key-file arguments are set as appropriate',
  baseScore: 7,
  category: 'Control plane',
  why: 'Members of etcd send each other all that is written. Without certificates that goes over the network in clear text.',
  fix: 'Set `--peer-cert-file` and `--peer-key-file` on every member, and `https` addresses in `--listen-peer-urls`.',

  checks: [
    flagCheck({
      rule: 'etcd-peer-tls-enabled',
      component: 'etcd',
      judge: required(
        {
          'peer-cert-file': '<path/to/tls-certificate-file.crt>',
          'peer-key-file': '<path/to/tls-key-file.key>',
        },
        { failsList: true },
      ),
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: etcd-a, namespace: kube-system }
        spec:
          containers:
            - name: etcd
              command: [etcd, --peer-cert-file=/pki/peer.crt, --peer-key-file=/pki/peer.key]
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: etcd-a, namespace: kube-system }
          spec:
            containers:
              - name: etcd
                command: [etcd, --data-dir=/var/lib/etcd]
        `,
        paths: [
          'spec.containers[0].command',
          'spec.containers[0].command[2]',
          'spec.containers[0].command[3]',
        ],
      },
    ],
  },
});
