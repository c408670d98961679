import type { CountedVulnerabilities } from '../../../model/grave-vulnerabilities.ts';
import { counted, vulnerabilityCheck, type WrongWithImage } from '../../checks/vulnerabilities.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const manyVulnerabilities = defineControl({
  id: 'C-0085',
  name: 'Workloads with excessive amount of vulnerabilities',
  baseScore: 6,
  category: 'Workload',
  why: 'An image with many grave vulnerabilities is one that nobody looks after; it will have more tomorrow.',
  fix: 'Rebuild the image on a current base and update what it ships. How many are too many is set by the inputs `max_critical_vulnerabilities` and `max_high_vulnerabilities`.',

  checks: [
    vulnerabilityCheck({
      rule: 'excessive_amount_of_vulnerabilities_pods',
      wrong: ({ critical, high }, { inputs }) =>
        over(critical, 'critical', inputs['max_critical_vulnerabilities']) ??
        over(high, 'high', inputs['max_high_vulnerabilities']),
      because: '',
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
          data: [{ severity: Critical }, { severity: Critical }, { severity: Critical }, { severity: Critical }, { severity: Critical }, { severity: Critical }]
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

function over(
  found: CountedVulnerabilities,
  severity: string,
  most: readonly string[] = [],
): WrongWithImage | undefined {
  const passed = most.find((text) => found.count > Number(text));
  if (passed === undefined) return undefined;
  return { what: `${counted(found.count, `${severity} vulnerability`)}, more than ${passed}`, found };
}
