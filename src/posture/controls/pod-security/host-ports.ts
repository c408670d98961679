import { allContainersOf, forbidden, podSecurityCheck } from '../../checks/pod-security.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { itemsOf } from '../../pod-spec.ts';

export const podSecurityHostPorts = defineControl({
  id: 'P-0004',
  name: 'Pod Security: no host ports',
  baseScore: 4,
  category: 'Workload',
  why: 'A host port opens the container on the address of the node, past network policies.',
  fix: 'Take `hostPort` out and expose the pods with a Service.',

  checks: [
    podSecurityCheck('host-ports', (_pod, _version, object) =>
      allContainersOf(object).flatMap(({ container, path, label }) =>
        itemsOf(container.ports)
          .filter(({ item }) => item.hostPort)
          .map(({ item, index }) =>
            forbidden(`${label} takes port ${item.hostPort} of its node`, `${path}.ports[${index}].hostPort`),
          ),
      ),
    ),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { containers: [{ name: web, ports: [{ containerPort: 80, hostPort: 0 }] }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { containers: [{ name: web }], initContainers: [{ name: init, ports: [{ hostPort: 80 }] }] }
        `,
        paths: ['spec.initContainers[0].ports[0].hostPort'],
      },
    ],
  },
});
