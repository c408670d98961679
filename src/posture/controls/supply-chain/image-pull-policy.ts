import { isFloating, tagOf } from '../../checks/images.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { containersOf, workloadKinds } from '../../pod-spec.ts';

export const imagePullPolicy = defineControl({
  id: 'C-0075',
  name: 'Image pull policy on latest tag',
  baseScore: 2,
  category: 'Workload',
  why: 'A tag such as `latest` means another image from time to time: a node that keeps what it once pulled runs an old one, with holes that were mended long ago.',
  fix: 'Name a version, or better a digest; where a moving tag is wanted, set `imagePullPolicy: Always`. Further moving tags are named by the input `floatingImageTags`.',

  checks: [
    {
      rule: 'image-pull-policy-is-not-set-to-always',
      kinds: workloadKinds,
      judge(object, context) {
        return containersOf(object).flatMap(({ container: { image, imagePullPolicy }, path, label }) => {
          if (typeof image !== 'string') return [];
          if (imagePullPolicy !== 'Never' && imagePullPolicy !== 'IfNotPresent') return [];
          const tag = tagOf(image);
          if (tag !== '' && tag !== 'latest' && !isFloating(image, context)) return [];
          const places = [`${path}.image`, `${path}.imagePullPolicy`];
          const message = `${label}: the image ${image} may change, and nodes keep an old one`;
          return [{ message, reviewPaths: places, failedPaths: places, fixPaths: [] }];
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
        spec: { containers: [{ name: web, image: nginx:1.27, imagePullPolicy: IfNotPresent }] }
      `,
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { containers: [{ name: web, image: nginx:latest, imagePullPolicy: Always }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { containers: [{ name: web, image: nginx:latest, imagePullPolicy: IfNotPresent }] }
        `,
        paths: ['spec.containers[0].image', 'spec.containers[0].imagePullPolicy'],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { containers: [{ name: web, image: nginx, imagePullPolicy: Never }] }
        `,
        paths: ['spec.containers[0].image', 'spec.containers[0].imagePullPolicy'],
      },
    ],
  },
});
