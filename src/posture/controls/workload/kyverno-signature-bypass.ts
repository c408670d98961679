import { vulnerableImageCheck } from '../../checks/vulnerable-images.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const kyvernoSignatureBypass = defineControl({
  id: 'C-0091',
  name: 'CVE-2022-47633-kyverno-signature-bypass',
  baseScore: 8,
  category: 'Workload',
  why: 'Kyverno 1.8.3 and 1.8.4 (CVE-2022-47633) can be made to accept an image that nobody signed, by a registry that answers twice.',
  fix: 'Update Kyverno to 1.8.5 or newer, and let images come from registries that you trust only.',

  checks: [
    vulnerableImageCheck({
      rule: 'CVE-2022-47633',
      name: 'kyverno:',
      cve: 'CVE-2022-47633',
      isVulnerable: ([major, minor, patch]) => major === 1 && minor === 8 && patch >= 3 && patch < 5,
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: tool, namespace: tools }
        spec: { template: { spec: { containers: [{ name: tool, image: ghcr.io/kyverno/kyverno:v1.8.5 }] } } }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: apps/v1
          kind: Deployment
          metadata: { name: tool, namespace: tools }
          spec: { template: { spec: { containers: [{ name: tool, image: ghcr.io/kyverno/kyverno:v1.8.4 }] } } }
        `,
        paths: ['spec.template.spec.containers[0].image'],
      },
    ],
  },
});
