import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, listHas } from '../../flag-checks.ts';

export const admissionAlwaysPullImages = defineControl({
  id: 'C-0123',
  name: 'Ensure that the admission control plugin AlwaysPullImages is set',
  baseScore: 4,
  category: 'Control plane',
  why: 'An image that is on a node already starts without the registry being asked: whoever may create a pod there can run private images of others.',
  fix: 'Add `AlwaysPullImages` to `--enable-admission-plugins`. Pods then do not start while the registry is away, so run one that can be relied on.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-admission-control-plugin-AlwaysPullImages-is-set',
      component: 'kube-apiserver',
      judge: listHas('enable-admission-plugins', 'AlwaysPullImages'),
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
              command: [kube-apiserver, --enable-admission-plugins=AlwaysPullImages]
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
                command: [kube-apiserver, --enable-admission-plugins=NodeRestriction]
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
                command: [kube-apiserver, --secure-port=6443]
        `,
        paths: ['spec.containers[0].command[2]'],
      },
    ],
  },
});
