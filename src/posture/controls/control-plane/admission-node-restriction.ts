import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, listHas } from '../../flag-checks.ts';

export const admissionNodeRestriction = defineControl({
  id: 'C-0127',
  name: 'Ensure that the admission control plugin NodeRestriction is set',
  baseScore: 4,
  category: 'Control plane',
  why: 'Without it a kubelet may change the objects of other nodes, and label its own so that sensitive pods are scheduled onto it.',
  fix: 'Add `NodeRestriction` to `--enable-admission-plugins`, and `Node` to `--authorization-mode`.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-admission-control-plugin-NodeRestriction-is-set',
      component: 'kube-apiserver',
      judge: listHas('enable-admission-plugins', 'NodeRestriction'),
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
              command: [kube-apiserver, --enable-admission-plugins=NodeRestriction]
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
                command: [kube-apiserver, --enable-admission-plugins=NamespaceLifecycle]
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
