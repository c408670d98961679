import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, required } from '../../flag-checks.ts';

export const etcdTls = defineControl({
  id: 'C-0153',
  name: 'Ensure that the --cert-file and --key-file arguments are set as appropriate',
  baseScore: 8,
  category: 'Control plane',
  why: 'Without a certificate etcd talks to its clients in clear text: every secret of the cluster can be read on the way.',
  fix: 'Set `--cert-file` and `--key-file` to a serving certificate for etcd, and `https` addresses in `--listen-client-urls`.',

  checks: [
    flagCheck({
      rule: 'etcd-tls-enabled',
      component: 'etcd',
      judge: required({
        'cert-file': '<path/to/tls-certificate-file.crt>',
        'key-file': '<path/to/tls-key-file.key>',
      }),
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
              command: [etcd, --cert-file=/pki/server.crt, --key-file=/pki/server.key]
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
        paths: ['spec.containers[0].command[2]', 'spec.containers[0].command[3]'],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: etcd-a, namespace: kube-system }
          spec:
            containers:
              - name: etcd
                command: [etcd, --cert-file=/pki/server.crt]
        `,
        paths: ['spec.containers[0].command[3]'],
      },
    ],
  },
});
