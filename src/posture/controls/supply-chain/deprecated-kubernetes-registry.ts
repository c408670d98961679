import { imageCheck } from '../../checks/images.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const deprecatedKubernetesRegistry = defineControl({
  id: 'C-0253',
  name: 'Deprecated Kubernetes image registry',
  baseScore: 5,
  category: 'Workload',
  why: 'The registry k8s.gcr.io is frozen: what is pulled from there gets no updates any more, and one day cannot be pulled at all.',
  fix: 'Take the image from registry.k8s.io instead.',

  checks: [
    {
      ...imageCheck({
        rule: 'rule-identify-old-k8s-registry',
        problemOf: (image) =>
          image.startsWith('k8s.gcr.io/') ? 'is from k8s.gcr.io, which is frozen' : undefined,
      }),
      applies: ({ metadata }) => metadata?.namespace === 'kube-system',
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: kube-system }
        spec: { containers: [{ name: web, image: registry.k8s.io/coredns:v1 }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: kube-system }
          spec: { containers: [{ name: web, image: k8s.gcr.io/coredns:v1 }] }
        `,
        paths: ['spec.containers[0].image'],
      },
    ],
  },
});
