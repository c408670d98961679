import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, mustBe } from '../../flag-checks.ts';

export const schedulerProfiling = defineControl({
  id: 'C-0151',
  name: 'Ensure that the Scheduler --profiling argument is set to false',
  baseScore: 3,
  category: 'Control plane',
  why: 'The profiling endpoints of the scheduler tell much of its inner workings, and a profile that somebody else asks for costs time that it needs.',
  fix: 'Set `--profiling=false`, and switch it on only while a performance problem is looked into.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-scheduler-profiling-argument-is-set-to-false',
      component: 'kube-scheduler',
      judge: mustBe('profiling', 'false', 'fails'),
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: kube-scheduler-a, namespace: kube-system }
        spec:
          containers:
            - name: kube-scheduler
              command: [kube-scheduler, --profiling=false]
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: kube-scheduler-a, namespace: kube-system }
          spec:
            containers:
              - name: kube-scheduler
                command: [kube-scheduler, --leader-elect=true]
        `,
        paths: ['spec.containers[0].command[2]'],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: kube-scheduler-a, namespace: kube-system }
          spec:
            containers:
              - name: kube-scheduler
                command: [kube-scheduler, --profiling=true]
        `,
        paths: ['spec.containers[0].command[1]'],
      },
    ],
  },
});
