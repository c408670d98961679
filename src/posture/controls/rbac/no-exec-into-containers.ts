import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { grantCheck } from '../../rbac.ts';

export const noExecIntoContainers = defineControl({
  id: 'C-0002',
  name: 'Prevent containers from allowing command execution',
  baseScore: 5,
  category: 'Access control',
  why: 'Who may run commands in a running container has everything that the container has: its data, its credentials, its place in the network. It also leaves no trace in the image or the manifest.',
  fix: 'Take `create` on `pods/exec` (and wildcards that include it) out of the role, or the subject out of the binding. Keep it for the few who debug in production, for a limited time.',

  checks: [
    grantCheck({
      rule: 'exec-into-container-v1',
      grant: { verbs: ['create', '*'], apiGroups: ['', '*'], resources: ['pods/exec', 'pods/*', '*'] },
      means: 'may run commands in containers',
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: { name: pod-reader, namespace: shop }
        rules:
          - { apiGroups: [''], resources: [pods, pods/log], verbs: [get, list] }
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: { name: pod-readers, namespace: shop }
        subjects: [{ kind: User, name: ana, apiGroup: rbac.authorization.k8s.io }]
        roleRef: { kind: Role, name: pod-reader, apiGroup: rbac.authorization.k8s.io }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: rbac.authorization.k8s.io/v1
          kind: Role
          metadata: { name: debugger, namespace: shop }
          rules:
            - { apiGroups: [''], resources: [pods, pods/exec], verbs: [get, create] }
          ---
          apiVersion: rbac.authorization.k8s.io/v1
          kind: RoleBinding
          metadata: { name: debuggers, namespace: shop }
          subjects: [{ kind: User, name: ana, apiGroup: rbac.authorization.k8s.io }]
          roleRef: { kind: Role, name: debugger, apiGroup: rbac.authorization.k8s.io }
        `,
        paths: [
          'relatedObjects[1].rules[0].resources[1]',
          'relatedObjects[1].rules[0].verbs[1]',
          'relatedObjects[1].rules[0].apiGroups[0]',
          'relatedObjects[0].subjects[0]',
          'relatedObjects[0].roleRef.name',
        ],
      },
    ],
  },
});
