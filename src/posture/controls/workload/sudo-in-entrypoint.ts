import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { containersOf, textsOf, workloadKinds } from '../../pod-spec.ts';

export const sudoInEntrypoint = defineControl({
  id: 'C-0062',
  name: 'Sudo in container entrypoint',
  baseScore: 5,
  category: 'Workload',
  why: 'A container that calls sudo to start has sudo in its image, and rights to gain: so has whoever breaks into it.',
  fix: 'Take sudo out of the command and the image; do at build time what needs root, and run as a user that needs none.',

  checks: [
    {
      rule: 'sudo-in-container-entrypoint',
      kinds: workloadKinds,
      judge(object) {
        return containersOf(object).flatMap(({ container, path, label }) =>
          textsOf(container.command).flatMap(({ text, index }) => {
            if (!text.includes('sudo')) return [];
            const places = [`${path}.command[${index}]`];
            return [
              {
                message: `${label} starts with sudo`,
                reviewPaths: places,
                failedPaths: places,
                fixPaths: [],
              },
            ];
          }),
        );
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { containers: [{ name: web, command: [/app] }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { containers: [{ name: web, command: [sudo, /app] }] }
        `,
        paths: ['spec.containers[0].command[0]'],
      },
    ],
  },
});
