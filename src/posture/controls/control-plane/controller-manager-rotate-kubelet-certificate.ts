import { type Component, flagOf, itemsOfFlag, withValue } from '../../component-flags.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { type FlagBreach, flagCheck } from '../../flag-checks.ts';

export const controllerManagerRotateKubeletCertificate = defineControl({
  id: 'C-0149',
  name: 'Ensure that the Controller Manager RotateKubeletServerCertificate argument is set to true',
  baseScore: 6,
  category: 'Control plane',
  why: 'With the feature off, serving certificates of kubelets are not renewed: they run out, or are made to last so long that a stolen one is good for years.',
  fix: 'Take `RotateKubeletServerCertificate=false` out of `--feature-gates`; it is on by default.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-controller-manager-RotateKubeletServerCertificate-argument-is-set-to-true',
      component: 'kube-controller-manager',
      judge: rotationOff,
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
              command: [kube-controller-manager, --leader-elect=true]
      `,
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: kube-controller-manager-a, namespace: kube-system }
        spec:
          containers:
            - name: kube-controller-manager
              command: [kube-controller-manager, --feature-gates=RotateKubeletServerCertificate=true]
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
                command: [kube-controller-manager, --feature-gates=RotateKubeletServerCertificate=false]
        `,
        paths: ['spec.containers[0].command[1]'],
      },
    ],
  },
});

const off = 'RotateKubeletServerCertificate=false';

function rotationOff(manager: Component): FlagBreach | undefined {
  const gates = flagOf(manager, 'feature-gates');
  if (gates === undefined || !itemsOfFlag(gates).includes(off)) return undefined;
  const value = itemsOfFlag(gates).map((gate) =>
    gate === off ? 'RotateKubeletServerCertificate=true' : gate,
  );
  return {
    message: `--feature-gates has ${off}`,
    failed: [gates.path],
    fixes: [withValue(gates, value.join(','))],
  };
}
