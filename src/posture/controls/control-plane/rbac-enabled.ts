import { cloudConfigOf, dig } from '../../cloud.ts';
import { unreadableField } from '../../cloud-checks.ts';
import { endOf, flagOf, itemsOfFlag } from '../../component-flags.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck } from '../../flag-checks.ts';

export const rbacEnabled = defineControl({
  id: 'C-0088',
  name: 'RBAC enabled',
  baseScore: 7,
  category: 'Control plane',
  why: 'Without RBAC rights cannot be given by role: the other modes are either all or nothing or need a restart for every change.',
  fix: 'Add `RBAC` to `--authorization-mode` once roles and bindings exist for all that use the API; on AKS create the cluster anew with RBAC.',

  checks: [
    {
      rule: 'rbac-enabled-cloud',
      kinds: ['ClusterDescribe'],
      needs: ['ClusterDescribe'],
      alternative: true,
      // EKS and GKE have it on always.
      applies: (object) => cloudConfigOf(object) !== undefined,
      unreadable: (object) =>
        cloudConfigOf(object)?.provider === 'aks'
          ? unreadableField(object['data'], { 'properties.enableRBAC': 'boolean' })
          : undefined,
      judge(object) {
        if (cloudConfigOf(object)?.provider !== 'aks') return [];
        if (dig(object['data'], 'properties', 'enableRBAC') !== false) return [];
        return [
          {
            message: 'the cluster runs without RBAC',
            reviewPaths: ['data.properties.enableRBAC'],
            failedPaths: ['data.properties.enableRBAC'],
            fixPaths: [],
            external: object,
          },
        ];
      },
    },
    flagCheck({
      rule: 'rbac-enabled-native',
      component: 'kube-apiserver',
      elsewhere: { flag: 'authorization-config', unless: 'authorization-mode' },
      judge(server) {
        const flag = flagOf(server, 'authorization-mode');
        if (flag === undefined) {
          const fix = { path: endOf(server), value: '--authorization-mode=Node,RBAC' };
          return {
            message: '--authorization-mode is not set, and its default allows everything',
            fixes: [fix],
          };
        }
        if (itemsOfFlag(flag).includes('RBAC')) return undefined;
        return { message: '--authorization-mode does not have RBAC', failed: [flag.path] };
      },
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
        apiVersion: management.azure.com/v1
        kind: ClusterDescribe
        metadata: { name: shop, provider: aks }
        data: { properties: { enableRBAC: true } }
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
          apiVersion: management.azure.com/v1
          kind: ClusterDescribe
          metadata: { name: shop, provider: aks }
          data: { properties: { enableRBAC: false } }
        `,
        paths: ['data.properties.enableRBAC'],
      },
    ],
  },
});
