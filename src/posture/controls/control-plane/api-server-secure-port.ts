import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, mustNotBe } from '../../flag-checks.ts';

export const apiServerSecurePort = defineControl({
  id: 'C-0128',
  name: 'Ensure that the API Server --secure-port argument is not set to 0',
  baseScore: 8,
  category: 'Control plane',
  why: 'With port 0 the API server does not serve TLS at all, which leaves only ways in that neither encrypt nor ask for credentials.',
  fix: 'Set `--secure-port` to a port between 1 and 65535, or take the flag out: the default is 6443.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-api-server-secure-port-argument-is-not-set-to-0',
      component: 'kube-apiserver',
      judge: mustNotBe('secure-port', (value) => value === '0'),
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
              command: [kube-apiserver, --secure-port=6443]
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
                command: [kube-apiserver, --secure-port=0]
        `,
        paths: ['spec.containers[0].command[1]'],
      },
    ],
  },
});
