import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, mustBe } from '../../flag-checks.ts';

export const controllerManagerBindAddress = defineControl({
  id: 'C-0150',
  name: 'Ensure that the Controller Manager --bind-address argument is set to 127.0.0.1',
  baseScore: 5,
  category: 'Control plane',
  why: 'The controller manager serves health and metrics there. On every address of the node, whoever reaches the node can read them and try its port.',
  fix: 'Set `--bind-address=127.0.0.1`, and let metrics be fetched through a proxy on the node that asks for credentials.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-controller-manager-bind-address-argument-is-set-to-127.0.0.1',
      component: 'kube-controller-manager',
      judge: mustBe('bind-address', '127.0.0.1', 'fails'),
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
              command: [kube-controller-manager, --bind-address=127.0.0.1]
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
                command: [kube-controller-manager, --bind-address=0.0.0.0]
        `,
        paths: ['spec.containers[0].command[1]'],
      },
    ],
  },
});
