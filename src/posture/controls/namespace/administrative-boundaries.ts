import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const administrativeBoundaries = defineControl({
  id: 'C-0209',
  name: 'Create administrative boundaries between resources using namespaces',
  baseScore: 5,
  category: 'Workload',
  why: 'Namespaces are the borders that rights, quotas and policies are drawn along. What shares one shares its fate.',
  fix: 'Look at what is in each namespace: one team or application should own it. Except those that you have looked at.',

  checks: [
    {
      rule: 'list-all-namespaces',
      kinds: ['Namespace'],
      judge: () => [{ message: 'does all that is in it belong together?', failedPaths: [], fixPaths: [] }],
    },
  ],

  examples: {
    pass: [],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Namespace
          metadata: { name: shop }
        `,
        paths: [],
      },
    ],
  },
});
