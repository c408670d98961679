import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, mustBe } from '../../flag-checks.ts';

export const apiServerServiceAccountLookup = defineControl({
  id: 'C-0135',
  name: 'Ensure that the API Server --service-account-lookup argument is set to true',
  baseScore: 6,
  category: 'Control plane',
  why: 'Without the look-up a token of a service account stays good until it expires, even after the account or the token has been deleted.',
  fix: 'Take `--service-account-lookup=false` out, or set it to true, which is the default.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-api-server-service-account-lookup-argument-is-set-to-true',
      component: 'kube-apiserver',
      judge: mustBe('service-account-lookup', 'true', 'passes', { removable: true }),
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
                command: [kube-apiserver, --service-account-lookup=false]
        `,
        paths: ['spec.containers[0].command[1]'],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: kube-apiserver-a, namespace: kube-system }
          spec:
            containers:
              - name: kube-apiserver
                command: [kube-apiserver, --secure-port=6443 --service-account-lookup=false]
        `,
        paths: ['spec.containers[0].command[1]'],
      },
    ],
  },
});
