import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, mustBe } from '../../flag-checks.ts';

export const apiServerTokenExpiration = defineControl({
  id: 'C-0290',
  name: 'Ensure that the --service-account-extend-token-expiration parameter is set to false',
  baseScore: 6,
  category: 'Control plane',
  why: 'By default tokens of pods are made to last a year rather than an hour, for the sake of old clients; a token that leaks is then good for as long.',
  fix: 'Set `--service-account-extend-token-expiration=false` once `serviceaccount_stale_tokens_total` shows that no client uses old tokens.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-api-server-service-account-extend-token-expiration-is-set-to-false',
      component: 'kube-apiserver',
      judge: mustBe('service-account-extend-token-expiration', 'false', 'fails'),
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
              command: [kube-apiserver, --service-account-extend-token-expiration=false]
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
                command: [kube-apiserver, --service-account-extend-token-expiration=true]
        `,
        paths: ['spec.containers[0].command[1]'],
      },
    ],
  },
});
