import { vulnerableImageCheck } from '../../checks/vulnerable-images.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const grafanaAuthenticationBypass = defineControl({
  id: 'C-0090',
  name: 'CVE-2022-39328-grafana-auth-bypass',
  baseScore: 9,
  category: 'Workload',
  why: 'Grafana 9.2.0 to 9.2.3 (CVE-2022-39328) may, when many requests come at once, answer one with the rights of another.',
  fix: 'Update Grafana to 9.2.4 or newer; nothing short of that helps, as chance decides who gets whose rights.',

  checks: [
    vulnerableImageCheck({
      rule: 'CVE-2022-39328',
      name: 'grafana:',
      cve: 'CVE-2022-39328',
      isVulnerable: ([major, minor, patch]) => major === 9 && minor === 2 && patch < 4,
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: tool, namespace: tools }
        spec: { template: { spec: { containers: [{ name: tool, image: grafana/grafana:9.2.4 }] } } }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: apps/v1
          kind: Deployment
          metadata: { name: tool, namespace: tools }
          spec: { template: { spec: { containers: [{ name: tool, image: grafana/grafana:9.2.3-ubuntu }] } } }
        `,
        paths: ['spec.template.spec.containers[0].image'],
      },
    ],
  },
});
