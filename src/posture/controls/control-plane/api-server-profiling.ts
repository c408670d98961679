import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, mustBe } from '../../flag-checks.ts';

export const apiServerProfiling = defineControl({
  id: 'C-0129',
  name: 'Ensure that the API Server --profiling argument is set to false',
  baseScore: 3,
  category: 'Control plane',
  why: 'The profiling endpoints of the API server tell much of its inner workings, and a profile that somebody else asks for costs time that it needs.',
  fix: 'Set `--profiling=false`, and switch it on only while a performance problem is looked into.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-api-server-profiling-argument-is-set-to-false',
      component: 'kube-apiserver',
      judge: mustBe('profiling', 'false', 'fails'),
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
              command: [kube-apiserver, --profiling=false]
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
                command: [kube-apiserver, --profiling=true]
        `,
        paths: ['spec.containers[0].command[1]'],
      },
    ],
  },
});
