import type { KubeObject } from '../../../model/object.ts';
import { fieldsOf } from '../../checks/pod-security-policies.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { podOf, workloadKinds } from '../../pod-spec.ts';
import { type LabelSelector, selects } from '../../selectors.ts';

export const mismatchingSelector = defineControl({
  id: 'C-0296',
  name: 'Mismatching selector',
  baseScore: 3,
  category: 'Workload',
  why: 'A workload whose selector does not match the pods that it makes is refused, or makes pods for ever.',
  fix: 'Make `spec.selector` match the labels in the pod template.',

  checks: [
    {
      rule: 'mismatching-selector',
      kinds: workloadKinds.filter((kind) => kind !== 'Pod'),
      judge(object) {
        const place = selectorOf(object);
        if (place === undefined) return [];
        const { selector, labelsPath, expressionsPath } = place;
        const labels = podOf(object)?.labels ?? {};
        const { matchLabels = {}, matchExpressions } = selector;
        const wrong = selects({ matchLabels }, labels)
          ? selects({ ...(matchExpressions === undefined ? {} : { matchExpressions }) }, labels)
            ? undefined
            : expressionsPath
          : labelsPath;
        if (wrong === undefined) return [];
        const message = 'its selector does not match the labels of its pods';
        return [{ message, failedPaths: [wrong], fixPaths: [] }];
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
            selector: { matchLabels: { app: shop } }
            template:
              metadata: { labels: { app: other } }
              spec: { containers: [{ name: web, ports: [{ containerPort: 8080 }] }] }
        `,
        paths: ['spec.selector.matchLabels'],
      },
      {
        yaml: yaml`
          apiVersion: apps/v1
          kind: Deployment
          metadata: { name: shop, namespace: shop }
          spec:
            selector: { matchExpressions: [{ key: tier, operator: Exists }] }
            template:
              metadata: { labels: { app: shop } }
              spec: { containers: [{ name: web, ports: [{ containerPort: 8080 }] }] }
        `,
        paths: ['spec.selector.matchExpressions'],
      },
    ],
  },
});

interface SelectorPlace {
  readonly selector: LabelSelector;
  readonly labelsPath: string;
  readonly expressionsPath: string;
}

function selectorOf(object: KubeObject): SelectorPlace | undefined {
  const spec = fieldsOf(object['spec']);
  const isNested = object.kind === 'CronJob';
  const own = isNested ? fieldsOf(fieldsOf(spec['jobTemplate'])['spec'])['selector'] : spec['selector'];
  if (typeof own !== 'object' || own === null) return undefined;
  const path = `spec.${isNested ? 'jobTemplate.spec.' : ''}selector`;
  if (object.kind === 'ReplicationController') {
    return {
      selector: { matchLabels: own as Record<string, string> },
      labelsPath: path,
      expressionsPath: path,
    };
  }
  return { selector: own, labelsPath: `${path}.matchLabels`, expressionsPath: `${path}.matchExpressions` };
}
