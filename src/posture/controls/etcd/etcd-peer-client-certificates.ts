import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, mustBe } from '../../flag-checks.ts';

export const etcdPeerClientCertificates = defineControl({
  id: 'C-0157',
  name: 'Ensure that the --peer-client-cert-auth argument is set to true',
  baseScore: 7,
  category: 'Control plane',
  why: 'Without it anyone who reaches the port for peers can join as a member of etcd, and gets a copy of everything.',
  fix: 'Set `--peer-client-cert-auth=true`, and `--peer-trusted-ca-file` to the CA of the members’ certificates.',

  checks: [
    flagCheck({
      rule: 'etcd-peer-client-auth-cert',
      component: 'etcd',
      judge: mustBe('peer-client-cert-auth', 'true', 'fails'),
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
              command: [etcd, --peer-client-cert-auth=true]
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
        paths: ['spec.containers[0].command[2]'],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: etcd-a, namespace: kube-system }
          spec:
            containers:
              - name: etcd
                command: [etcd, --peer-client-cert-auth=false]
        `,
        paths: ['spec.containers[0].command[1]'],
      },
    ],
  },
});
