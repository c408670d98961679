import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { getIn, namespaceOf } from '../../namespaces.ts';

export const danglingAutoscaler = defineControl({
  id: 'C-0300',
  name: 'Dangling HPA target',
  baseScore: 4,
  category: 'Workload',
  why: 'An autoscaler whose workload is not there scales nothing, and nobody notices until the load comes.',
  fix: 'Correct `spec.scaleTargetRef`, or delete the autoscaler.',

  checks: [
    {
      rule: 'hpa-has-target',
      kinds: ['HorizontalPodAutoscaler'],
      judge(autoscaler, { view }) {
        const target = (autoscaler['spec'] as { scaleTargetRef?: TargetRef | null } | null | undefined)
          ?.scaleTargetRef;
        const { kind = '', name = '' } = target ?? {};
        // What else can be scaled is not known here.
        if (!scalable.includes(kind)) return [];
        const namespace = namespaceOf(autoscaler);
        if (getIn(view, kind, namespace, name) !== undefined) return [];
        const message = `there is no ${kind} ${name} in the namespace ${namespace}`;
        return [{ message, failedPaths: ['spec.scaleTargetRef.name'], fixPaths: [] }];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: { name: shop, namespace: shop }
        spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: shop } }
        ---
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
          apiVersion: autoscaling/v2
          kind: HorizontalPodAutoscaler
          metadata: { name: shop, namespace: shop }
          spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: gone } }
        `,
        paths: ['spec.scaleTargetRef.name'],
      },
    ],
  },
});

interface TargetRef {
  readonly kind?: string;
  readonly name?: string;
}

const scalable: readonly string[] = ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'];
