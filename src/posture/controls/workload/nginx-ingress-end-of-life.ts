import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { containersOf } from '../../pod-spec.ts';

export const nginxIngressEndOfLife = defineControl({
  id: 'C-0292',
  name: 'Nginx Ingress Controller End of Life',
  baseScore: 6,
  category: 'Workload',
  why: 'The community’s ingress-nginx controller gets no fixes after March 2026, security fixes included, and it stands where the internet comes in.',
  fix: 'Move to a controller that is maintained, or to the Gateway API with one.',

  checks: [
    {
      rule: 'detect-nginx-ingress-controller-eol',
      kinds: ['Deployment', 'DaemonSet', 'StatefulSet'],
      judge(object) {
        return containersOf(object).flatMap(({ container, path, label }) => {
          if (typeof container.image !== 'string' || !communityImage.test(container.image)) return [];
          return [
            {
              message: `${label} is the community’s ingress-nginx controller, which gets no more fixes`,
              reviewPaths: [`${path}.image`],
              failedPaths: [`${path}.image`],
              fixPaths: [],
            },
          ];
        });
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: ingress }
        spec: { template: { spec: { containers: [{ name: nginx, image: 'nginx/nginx-ingress:5.0.0' }] } } }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: apps/v1
          kind: DaemonSet
          metadata: { name: ingress }
          spec:
            template:
              spec: { containers: [{ name: nginx, image: 'registry.k8s.io/ingress-nginx/controller:v1.11.3' }] }
        `,
        paths: ['spec.template.spec.containers[0].image'],
      },
    ],
  },
});

/** Not the controllers of F5 NGINX, which are other programs. Source: https://kubernetes.io/blog/2025/11/11/ingress-nginx-retirement/ */
const communityImage = /ingress-nginx\/controller|(?:k8s\.gcr|registry\.k8s)\.io\/ingress-nginx/;
