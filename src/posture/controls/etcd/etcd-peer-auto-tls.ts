import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, mustBe } from '../../flag-checks.ts';

export const etcdPeerAutoTls = defineControl({
  id: 'C-0158',
  name: 'Ensure that the --peer-auto-tls argument is not set to true',
  baseScore: 6,
  category: 'Control plane',
  why: 'With automatic TLS members sign their own certificates, so that none can tell another member from an impostor.',
  fix: 'Take `--peer-auto-tls` out or set it to false, and give the members certificates of one CA.',

  checks: [
    flagCheck({
      rule: 'etcd-peer-auto-tls-disabled',
      component: 'etcd',
      judge: mustBe('peer-auto-tls', 'false', 'passes'),
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
              command: [etcd, --peer-auto-tls=false]
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
                command: [etcd, --peer-auto-tls=true]
        `,
        paths: ['spec.containers[0].command[1]'],
      },
    ],
  },
});
