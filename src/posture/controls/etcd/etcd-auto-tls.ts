import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, mustBe } from '../../flag-checks.ts';

export const etcdAutoTls = defineControl({
  id: 'C-0155',
  name: 'Ensure that the --auto-tls argument is not set to true',
  baseScore: 6,
  category: 'Control plane',
  why: 'With automatic TLS etcd signs its own certificate. Clients cannot check it, and so cannot tell etcd from somebody in between.',
  fix: 'Take `--auto-tls` out or set it to false, and give etcd a certificate of a CA that its clients know.',

  checks: [
    flagCheck({
      rule: 'etcd-auto-tls-disabled',
      component: 'etcd',
      judge: mustBe('auto-tls', 'false', 'passes'),
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
              command: [etcd, --data-dir=/var/lib/etcd]
      `,
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: etcd-a, namespace: kube-system }
        spec:
          containers:
            - name: etcd
              command: [etcd, --auto-tls=false]
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
                command: [etcd, --auto-tls=true]
        `,
        paths: ['spec.containers[0].command[1]'],
      },
    ],
  },
});
