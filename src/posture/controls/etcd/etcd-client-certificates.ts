import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, mustBe } from '../../flag-checks.ts';

export const etcdClientCertificates = defineControl({
  id: 'C-0154',
  name: 'Ensure that the --client-cert-auth argument is set to true',
  baseScore: 8,
  category: 'Control plane',
  why: 'Without it etcd answers whoever reaches its port: all of the cluster’s state, secrets included, can be read and changed.',
  fix: 'Set `--client-cert-auth=true`, and `--trusted-ca-file` to a CA that signs nothing but etcd’s clients.',

  checks: [
    flagCheck({
      rule: 'etcd-client-auth-cert',
      component: 'etcd',
      judge: mustBe('client-cert-auth', 'true', 'fails'),
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
              command: [etcd, --client-cert-auth=true]
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
                command: [etcd, --client-cert-auth=false]
        `,
        paths: ['spec.containers[0].command[1]'],
      },
    ],
  },
});
