import { labelCheck } from '../../checks/labels.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const commonLabels = defineControl({
  id: 'C-0077',
  name: 'K8s common labels usage',
  baseScore: 2,
  category: 'Workload',
  why: 'Tools know a workload’s name, version and owner by the labels that Kubernetes recommends, and cannot tell what belongs together without them.',
  fix: 'Give the workload and its pods at least one of the `app.kubernetes.io/` labels that the input `k8sRecommendedLabels` names.',

  checks: [labelCheck('k8s-common-labels-usage', 'k8sRecommendedLabels')],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop, labels: { app.kubernetes.io/name: shop } }
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
        paths: ['metadata.labels[app.kubernetes.io/name]'],
      },
    ],
  },
});
