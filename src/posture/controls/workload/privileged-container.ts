import { addedCapabilities } from '../../capabilities.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { containersOf, everyContainer, workloadKinds } from '../../pod-spec.ts';

export const privilegedContainer = defineControl({
  id: 'C-0057',
  name: 'Privileged container',
  baseScore: 8,
  category: 'Workload',
  why: 'A privileged container, or one with SYS_ADMIN, has the node’s devices and nearly all of the kernel: it is root on the node in all but name.',
  fix: 'Take `privileged: true` and `SYS_ADMIN` out. Where one device or one capability is needed, give just that one.',

  checks: [
    {
      rule: 'rule-privilege-escalation',
      kinds: workloadKinds,
      judge(object) {
        return containersOf(object, everyContainer).flatMap((place) => {
          const { container, path, label } = place;
          const isPrivileged = container.securityContext?.privileged === true;
          const added = addedCapabilities(place, almostRoot);
          if (!isPrivileged && added.length === 0) return [];
          const places = [
            ...added.map((capability) => capability.path),
            ...(isPrivileged ? [`${path}.securityContext.privileged`] : []),
          ];
          const message = isPrivileged ? `${label} is privileged` : `${label} has the capability SYS_ADMIN`;
          return [{ message, deletePaths: places, failedPaths: places, fixPaths: [] }];
        });
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop }
        spec: { containers: [{ name: web, securityContext: { privileged: false } }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: apps/v1
          kind: Deployment
          metadata: { name: shop }
          spec:
            template:
              spec: { containers: [{ name: web, securityContext: { privileged: true } }] }
        `,
        paths: ['spec.template.spec.containers[0].securityContext.privileged'],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop }
          spec:
            containers: [{ name: web }]
            initContainers:
              - { name: mount, securityContext: { capabilities: { add: [SYS_ADMIN] } } }
        `,
        paths: ['spec.initContainers[0].securityContext.capabilities.add[0]'],
      },
    ],
  },
});

const almostRoot = ['SYS_ADMIN'];
