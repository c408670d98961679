import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const rollingUpdate = defineControl({
  id: 'C-0305',
  name: 'No rolling update strategy',
  baseScore: 3,
  category: 'Workload',
  why: 'A Deployment that takes all pods down before it starts new ones is away for that time, and for longer when the new ones do not start.',
  fix: 'Set `spec.strategy.type: RollingUpdate`, or leave it out. Except what can only run once.',

  checks: [
    {
      rule: 'no-rolling-update-strategy',
      kinds: ['Deployment'],
      judge(object) {
        const type = (object['spec'] as { strategy?: { type?: unknown } | null } | null | undefined)?.strategy
          ?.type;
        if (type === undefined || type === null || type === 'RollingUpdate') return [];
        const place = 'spec.strategy.type';
        const fixPaths = [{ path: place, value: 'RollingUpdate' }];
        const message = 'it takes all pods down before it starts new ones';
        return [{ message, reviewPaths: [place], failedPaths: [place], fixPaths }];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: shop, namespace: shop }
        spec:
          selector: { matchLabels: { app: shop } }
          template:
            metadata: { labels: { app: shop } }
            spec: { containers: [{ name: web, ports: [{ containerPort: 8080 }] }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: apps/v1
          kind: Deployment
          metadata: { name: shop, namespace: shop }
          spec:
            strategy: { type: Recreate }
            selector: { matchLabels: { app: shop } }
            template:
              metadata: { labels: { app: shop } }
              spec: { containers: [{ name: web, ports: [{ containerPort: 8080 }] }] }
        `,
        paths: ['spec.strategy.type'],
      },
    ],
  },
});
