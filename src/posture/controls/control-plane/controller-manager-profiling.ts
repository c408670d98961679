import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, mustBe } from '../../flag-checks.ts';

export const controllerManagerProfiling = defineControl({
  id: 'C-0145',
  name: 'Ensure that the Controller Manager --profiling argument is set to false',
  baseScore: 3,
  category: 'Control plane',
  why: 'The profiling endpoints of the controller manager tell much of its inner workings, and a profile that somebody else asks for costs time that it needs.',
  fix: 'Set `--profiling=false`, and switch it on only while a performance problem is looked into.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-controller-manager-profiling-argument-is-set-to-false',
      component: 'kube-controller-manager',
      judge: mustBe('profiling', 'false', 'fails'),
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
              command: [kube-controller-manager, --profiling=false]
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
                command: [kube-controller-manager, --profiling=true]
        `,
        paths: ['spec.containers[0].command[1]'],
      },
    ],
  },
});
