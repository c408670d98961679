import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, listHas } from '../../flag-checks.ts';

export const apiServerAuthorizationNode = defineControl({
  id: 'C-0119',
  name: 'Ensure that the API Server --authorization-mode argument includes Node',
  baseScore: 5,
  category: 'Control plane',
  why: 'The Node authorizer confines a kubelet to the pods, secrets and volumes of its own node; without it one stolen node credential reads those of all.',
  fix: 'Add `Node` to `--authorization-mode`, and the admission plugin NodeRestriction, without which it is only half of the confinement.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-api-server-authorization-mode-argument-includes-Node',
      component: 'kube-apiserver',
      judge: listHas('authorization-mode', 'Node'),
      elsewhere: { flag: 'authorization-config', unless: 'authorization-mode' },
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
              command: [kube-apiserver, '--authorization-mode=Node,RBAC']
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
                command: [kube-apiserver, --authorization-mode=RBAC]
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
