import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, reviewed } from '../../flag-checks.ts';

export const controllerManagerPodGc = defineControl({
  id: 'C-0144',
  name: 'Ensure that the Controller Manager --terminated-pod-gc-threshold argument is set as appropriate',
  baseScore: 4,
  category: 'Control plane',
  why: 'Pods that have ended are kept until there are this many, 12,500 by default. On small control planes that alone can slow the API down.',
  fix: 'Set `--terminated-pod-gc-threshold` to what your control plane bears; 10 to a few hundred do for most clusters.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-controller-manager-terminated-pod-gc-threshold-argument-is-set-as-appropriate',
      component: 'kube-controller-manager',
      judge: reviewed('terminated-pod-gc-threshold', 'fails'),
    }),
  ],

  examples: {
    pass: [],
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
    ],
    unknown: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: kube-controller-manager-a, namespace: kube-system }
        spec:
          containers:
            - name: kube-controller-manager
              command: [kube-controller-manager, --terminated-pod-gc-threshold=100]
      `,
    ],
  },
});
