import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, listLacks } from '../../flag-checks.ts';

export const apiServerAuthorizationAlwaysAllow = defineControl({
  id: 'C-0118',
  name: 'Ensure that the API Server --authorization-mode argument is not set to AlwaysAllow',
  baseScore: 7,
  category: 'Control plane',
  why: 'With the mode AlwaysAllow, which is also the default, every request that is authenticated at all may do everything.',
  fix: 'Set `--authorization-mode=Node,RBAC`, and see beforehand that what runs in the cluster has the roles that it needs.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-api-server-authorization-mode-argument-is-not-set-to-AlwaysAllow',
      component: 'kube-apiserver',
      judge: listLacks('authorization-mode', 'AlwaysAllow', {
        otherwise: 'RBAC',
        absent: {
          message: '--authorization-mode is not set, and its default is AlwaysAllow',
          value: 'Node,RBAC',
        },
      }),
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
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: kube-apiserver-a, namespace: kube-system }
        spec:
          containers:
            - name: kube-apiserver
              command: [kube-apiserver, --authorization-config=/etc/kubernetes/authorization.yaml]
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
                command: [kube-apiserver, --authorization-mode=AlwaysAllow]
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
                command: [kube-apiserver, '--authorization-mode=AlwaysAllow,RBAC']
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
