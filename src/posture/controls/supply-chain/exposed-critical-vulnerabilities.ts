import { isOpenToOutside } from '../../checks/services.ts';
import { counted, opened, vulnerabilityCheck } from '../../checks/vulnerabilities.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const exposedCriticalVulnerabilities = defineControl({
  id: 'C-0083',
  name: 'Workloads with Critical vulnerabilities exposed to external traffic',
  baseScore: 8,
  category: 'Workload',
  why: 'A critical vulnerability in something that the internet can reach is found by scanners within hours.',
  fix: 'Update the image to one without the vulnerability; until then take away the way in from outside.',

  checks: [
    vulnerabilityCheck({
      rule: 'exposed-critical-pods',
      applies: (pod, { view }) => isOpenToOutside(view, pod),
      wrong: ({ critical }) =>
        critical.count === 0
          ? undefined
          : { what: counted(critical.count, 'critical vulnerability'), found: critical },
      because: opened,
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: armo.vuln.images/v1
        kind: ImageVulnerabilities
        metadata: { name: registry.example.com/web:1.4 }
        data: [{ name: CVE-2024-1, severity: Critical }]
        ---
        apiVersion: v1
        kind: Service
        metadata: { name: shop, namespace: shop }
        spec: { type: ClusterIP, selector: { app: shop }, ports: [{ port: 80 }] }
        ---
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop, labels: { app: shop } }
        spec: { containers: [{ name: web, image: registry.example.com/web:1.4 }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: armo.vuln.images/v1
          kind: ImageVulnerabilities
          metadata: { name: registry.example.com/web:1.4 }
          data: [{ name: CVE-2024-1, severity: Critical }]
          ---
          apiVersion: v1
          kind: Service
          metadata: { name: shop, namespace: shop }
          spec: { type: LoadBalancer, selector: { app: shop }, ports: [{ port: 80 }] }
          ---
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop, labels: { app: shop } }
          spec: { containers: [{ name: web, image: registry.example.com/web:1.4 }] }
        `,
        paths: ['status.containerStatuses[0].imageID'],
      },
    ],
  },
});
