import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, listHas } from '../../flag-checks.ts';

export const apiServerAuthorizationRbac = defineControl({
  id: 'C-0120',
  name: 'Ensure that the API Server --authorization-mode argument includes RBAC',
  baseScore: 8,
  category: 'Control plane',
  why: 'Without RBAC rights cannot be given by role, and the other modes are either all or nothing or need a restart for every change.',
  fix: 'Add `RBAC` to `--authorization-mode` once roles and bindings exist for all that use the API.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-api-server-authorization-mode-argument-includes-RBAC',
      component: 'kube-apiserver',
      judge: listHas('authorization-mode', 'RBAC'),
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
                command: [kube-apiserver, --authorization-mode=Node]
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
