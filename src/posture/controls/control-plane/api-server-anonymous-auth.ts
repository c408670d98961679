import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, mustBe } from '../../flag-checks.ts';

export const apiServerAnonymousAuth = defineControl({
  id: 'C-0113',
  name: 'Ensure that the API Server --anonymous-auth argument is set to false',
  baseScore: 8,
  category: 'Control plane',
  why: 'Requests without credentials are let in as system:anonymous unless this is switched off, so that one careless binding opens the cluster to whoever reaches the port.',
  fix: 'Set `--anonymous-auth=false`. Where load balancers probe the health endpoints without credentials, let only those paths through with the `anonymous` section of `--authentication-config`.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-api-server-anonymous-auth-argument-is-set-to-false',
      component: 'kube-apiserver',
      judge: mustBe('anonymous-auth', 'false', 'fails'),
      elsewhere: { flag: 'authentication-config', unless: 'anonymous-auth' },
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
              command: [kube-apiserver, --anonymous-auth=false]
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
                command: [kube-apiserver, --secure-port=6443]
        `,
        paths: ['spec.containers[0].command[2]'],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: kube-apiserver-a, namespace: kube-system }
          spec:
            containers:
              - name: kube-apiserver
                command: [kube-apiserver, --anonymous-auth=true]
        `,
        paths: ['spec.containers[0].command[1]'],
      },
    ],
  },
});
