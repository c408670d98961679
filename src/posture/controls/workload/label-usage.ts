import { labelCheck } from '../../checks/labels.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const labelUsage = defineControl({
  id: 'C-0076',
  name: 'Label usage for resources',
  baseScore: 2,
  category: 'Workload',
  why: 'What bears no label belongs to nobody: policies, queries and people cannot tell whose it is or what it is part of.',
  fix: 'Give the workload and its pods at least one of the labels that the input `recommendedLabels` names.',

  checks: [labelCheck('label-usage-for-resources', 'recommendedLabels')],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop, labels: { app: shop } }
        spec: { containers: [{ name: web }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { containers: [{ name: web, image: nginx }] }
        `,
        paths: ['metadata.labels[app]'],
      },
    ],
  },
});
