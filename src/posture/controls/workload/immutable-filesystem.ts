import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { containersOf, everyContainer, workloadKinds } from '../../pod-spec.ts';

export const immutableFilesystem = defineControl({
  id: 'C-0017',
  name: 'Immutable container filesystem',
  baseScore: 3,
  category: 'Workload',
  why: 'An intruder who can write to the container’s file system can plant tools and change the application; one who cannot has to leave with the process.',
  fix: 'Set `readOnlyRootFilesystem: true` and mount an `emptyDir` at the places the application writes to.',

  checks: [
    {
      rule: 'immutable-container-filesystem',
      kinds: workloadKinds,
      judge(object) {
        return containersOf(object, everyContainer).flatMap(({ container, path, label, list }) => {
          if (container.securityContext?.readOnlyRootFilesystem === true) return [];
          const fix = { path: `${path}.securityContext.readOnlyRootFilesystem`, value: 'true' };
          return [
            {
              message: `${label} can write to its own file system`,
              failedPaths: [],
              // An ephemeral container cannot be changed once it is there.
              fixPaths: list === 'ephemeralContainers' ? [] : [fix],
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
        spec: { containers: [{ name: web, securityContext: { readOnlyRootFilesystem: true } }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop }
          spec:
            initContainers: [{ name: setup }]
            containers: [{ name: web, securityContext: { readOnlyRootFilesystem: false } }]
        `,
        paths: [
          'spec.containers[0].securityContext.readOnlyRootFilesystem',
          'spec.initContainers[0].securityContext.readOnlyRootFilesystem',
        ],
      },
    ],
  },
});
