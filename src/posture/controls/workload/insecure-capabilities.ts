import { addedCapabilities } from '../../capabilities.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { containersOf, everyContainer, workloadKinds } from '../../pod-spec.ts';

export const insecureCapabilities = defineControl({
  id: 'C-0046',
  name: 'Insecure capabilities',
  baseScore: 7,
  category: 'Workload',
  why: 'Capabilities hand out parts of what root may do on the node. Some of them, loading kernel modules or tracing other processes, are as good as all of it.',
  fix: 'Take the capability out of `capabilities.add`, drop `ALL`, and add back only what the application cannot do without. Which ones count is the input `insecureCapabilities`.',

  checks: [
    {
      rule: 'insecure-capabilities',
      kinds: workloadKinds,
      judge(object, { inputs }) {
        return containersOf(object, everyContainer).flatMap((place) => {
          const added = addedCapabilities(place, inputs['insecureCapabilities'] ?? []);
          if (added.length === 0) return [];
          const places = added.map(({ path }) => path);
          return [
            {
              message: `${place.label} adds the capability ${added.map(({ name }) => name).join(', ')}`,
              // An ephemeral container cannot be changed once it is there.
              deletePaths: place.list === 'ephemeralContainers' ? [] : places,
              failedPaths: places,
              fixPaths: [],
            },
          ];
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
        spec:
          containers:
            - { name: web, securityContext: { capabilities: { drop: [ALL], add: [NET_BIND_SERVICE] } } }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop }
          spec:
            containers:
              - { name: web, securityContext: { capabilities: { add: [CHOWN, SYS_PTRACE] } } }
        `,
        paths: ['spec.containers[0].securityContext.capabilities.add[1]'],
      },
    ],
  },
});
