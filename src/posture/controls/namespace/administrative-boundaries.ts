import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const administrativeBoundaries = defineControl({
  id: 'C-0209',
  name: 'Create administrative boundaries between resources using namespaces',
  baseScore: 5,
  category: 'Workload',
  why: 'Namespaces are the borders that rights, quotas and policies are drawn along. What shares one shares its fate.',
  fix: 'Look at what is in each namespace: one team or application should own it.',

  checks: [
    {
      rule: 'list-all-namespaces',
      kinds: ['Namespace'],
      judge: () => [
        {
          message: 'somebody has to look at it: does all that is in the namespace belong together?',
          failedPaths: [],
          fixPaths: [],
          undecided: true,
        },
      ],
    },
  ],

  examples: {
    pass: [],
    fail: [],
    unknown: [
      yaml`
        apiVersion: v1
        kind: Namespace
        metadata: { name: shop }
      `,
    ],
  },
});
