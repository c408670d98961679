import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, mustNotBe } from '../../flag-checks.ts';

export const apiServerInsecurePort = defineControl({
  id: 'C-0005',
  name: 'API server insecure port is enabled',
  baseScore: 9,
  category: 'Control plane',
  why: 'The insecure port of the API server asks for no credentials and encrypts nothing: whoever reaches it owns the cluster.',
  fix: 'Set `--insecure-port=0`, or take the flag out: since Kubernetes 1.20 it can only be 0.',

  checks: [
    flagCheck({
      rule: 'insecure-port-flag',
      component: 'kube-apiserver',
      anywhere: true,
      judge: mustNotBe('insecure-port', (value) => value !== '' && value !== '0'),
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: kube-apiserver-a, namespace: kube-system }
        spec:
          containers:
            - name: kube-apiserver
              command: [kube-apiserver, --secure-port=6443, --insecure-port=0]
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: kube-apiserver-a, namespace: kube-system }
          spec:
            containers:
              - name: kube-apiserver
                command: [kube-apiserver, --secure-port=6443, --insecure-port=8080]
        `,
        paths: ['spec.containers[0].command[2]'],
      },
    ],
  },
});
