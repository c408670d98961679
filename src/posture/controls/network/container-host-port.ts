import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { containersOf, itemsOf, workloadKinds } from '../../pod-spec.ts';

export const containerHostPort = defineControl({
  id: 'C-0044',
  name: 'Container hostPort',
  baseScore: 4,
  category: 'Network',
  why: 'A host port opens the container on the node’s own address, past network policies and load balancers, and no second pod that wants it fits on the node.',
  fix: 'Take `hostPort` out and expose the pods with a Service; where the port on the node is the point (an ingress controller, a node agent), except the workload.',

  checks: [
    {
      rule: 'container-hostPort',
      kinds: workloadKinds,
      judge(object) {
        return containersOf(object).flatMap(({ container, path, label }) => {
          const ports = itemsOf(container.ports).filter(({ item }) => item.hostPort);
          if (ports.length === 0) return [];
          const places = ports.map(({ index }) => `${path}.ports[${index}].hostPort`);
          const numbers = ports.map(({ item }) => item.hostPort).join(', ');
          const message = `${label} takes port ${numbers} of its node`;
          return [{ message, deletePaths: places, failedPaths: places, fixPaths: [] }];
        });
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop }
        spec: { containers: [{ name: web, ports: [{ containerPort: 80 }] }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop }
          spec: { containers: [{ name: web, ports: [{ containerPort: 80, hostPort: 80 }] }] }
        `,
        paths: ['spec.containers[0].ports[0].hostPort'],
      },
    ],
  },
});
