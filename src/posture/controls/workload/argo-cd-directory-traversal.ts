import { vulnerableImageCheck } from '../../checks/vulnerable-images.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const argoCdDirectoryTraversal = defineControl({
  id: 'C-0081',
  name: 'CVE-2022-24348-argocddirtraversal',
  baseScore: 4,
  category: 'Workload',
  why: 'Argo CD before 2.1.9 and 2.2.4 (CVE-2022-24348) lets a crafted Helm chart read files of other applications, passwords among them.',
  fix: 'Update Argo CD to 2.1.9, 2.2.4 or newer, and look through the charts of applications for links that lead out of them.',

  checks: [
    vulnerableImageCheck({
      rule: 'CVE-2022-24348',
      name: 'argocd:v',
      cve: 'CVE-2022-24348',
      isVulnerable: ([major, minor, patch]) =>
        major === 1 ||
        (major === 2 && (minor === 0 || (minor === 1 && patch < 9) || (minor === 2 && patch < 4))),
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: tool, namespace: tools }
        spec: { template: { spec: { containers: [{ name: tool, image: quay.io/argoproj/argocd:v2.13.1 }] } } }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: apps/v1
          kind: Deployment
          metadata: { name: tool, namespace: tools }
          spec: { template: { spec: { containers: [{ name: tool, image: quay.io/argoproj/argocd:v2.1.8 }] } } }
        `,
        paths: ['spec.template.spec.containers[0].image'],
      },
    ],
  },
});
