import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, mustBe } from '../../flag-checks.ts';

export const controllerManagerCredentials = defineControl({
  id: 'C-0146',
  name: 'Ensure that the Controller Manager --use-service-account-credentials argument is set to true',
  baseScore: 4,
  category: 'Control plane',
  why: 'With one set of credentials for all controllers each of them may do whatever any of them needs; a fault in one then reaches everything.',
  fix: 'Set `--use-service-account-credentials=true`, so that each controller runs with a service account and role of its own.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-controller-manager-use-service-account-credentials-argument-is-set-to-true',
      component: 'kube-controller-manager',
      judge: mustBe('use-service-account-credentials', 'true', 'fails'),
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: kube-controller-manager-a, namespace: kube-system }
        spec:
          containers:
            - name: kube-controller-manager
              command: [kube-controller-manager, --use-service-account-credentials=true]
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: kube-controller-manager-a, namespace: kube-system }
          spec:
            containers:
              - name: kube-controller-manager
                command: [kube-controller-manager, --leader-elect=true]
        `,
        paths: ['spec.containers[0].command[2]'],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: kube-controller-manager-a, namespace: kube-system }
          spec:
            containers:
              - name: kube-controller-manager
                command: [kube-controller-manager, --use-service-account-credentials=false]
        `,
        paths: ['spec.containers[0].command[1]'],
      },
    ],
  },
});
