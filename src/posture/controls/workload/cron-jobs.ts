import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const cronJobs = defineControl({
  id: 'C-0026',
  name: 'Kubernetes CronJob',
  baseScore: 1,
  category: 'Workload',
  why: 'Whoever may create a CronJob can have their program come back for ever. There are good reasons for one; each should be known.',
  fix: 'Look at the CronJob: who made it, what it runs, and as which ServiceAccount. Except those that are meant to be there.',

  checks: [
    {
      rule: 'rule-deny-cronjobs',
      kinds: ['CronJob'],
      judge: () => [
        { message: 'a CronJob runs again and again: is it meant to?', failedPaths: [], fixPaths: [] },
      ],
    },
  ],

  examples: {
    pass: [],
    fail: [
      {
        yaml: yaml`
          apiVersion: batch/v1
          kind: CronJob
          metadata: { name: report, namespace: shop }
          spec: { schedule: '@daily', jobTemplate: { spec: { template: { spec: { containers: [{ name: report }] } } } } }
        `,
        paths: [],
      },
    ],
  },
});
