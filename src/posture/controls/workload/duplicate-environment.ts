import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { containersOf, everyContainer, itemsOf, workloadKinds } from '../../pod-spec.ts';

export const duplicateEnvironment = defineControl({
  id: 'C-0295',
  name: 'Duplicate environment variable',
  baseScore: 3,
  category: 'Workload',
  why: 'Of two variables with one name the last counts. Who reads the first believes something else than what runs.',
  fix: 'Take out the variable that is not meant, and leave the one that is.',

  checks: [
    {
      rule: 'duplicate-env-var',
      kinds: workloadKinds,
      judge(object) {
        return containersOf(object, everyContainer).flatMap(({ container, path, label }) => {
          const variables = itemsOf(container.env).filter(({ item: { name } }) => typeof name === 'string');
          return variables
            .filter(({ item: { name } }) => variables.filter(({ item }) => item.name === name).length > 1)
            .map(({ item: { name }, index }) => ({
              message: `${label} sets the variable ${name} more than once`,
              failedPaths: [`${path}.env[${index}].name`],
              fixPaths: [],
            }));
        });
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { containers: [{ name: web, env: [{ name: A, value: "1" }, { name: B, value: "1" }] }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { containers: [{ name: web, env: [{ name: A, value: "1" }, { name: A, value: "2" }] }] }
        `,
        paths: ['spec.containers[0].env[0].name', 'spec.containers[0].env[1].name'],
      },
    ],
  },
});
