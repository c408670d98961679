import { vulnerabilityText } from '../../../model/grave-vulnerabilities.ts';
import { isOpenToOutside } from '../../checks/services.ts';
import { counted, opened, vulnerabilityCheck } from '../../checks/vulnerabilities.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const exposedRemoteExecution = defineControl({
  id: 'C-0084',
  name: 'Workloads with RCE vulnerabilities exposed to external traffic',
  baseScore: 8,
  category: 'Workload',
  why: 'A vulnerability that lets strangers run code, in something that they can reach, is a door.',
  fix: 'Update the image to one without the vulnerability; until then take away the way in from outside.',

  checks: [
    vulnerabilityCheck({
      rule: 'exposed-rce-pods',
      applies: (pod, { view }) => isOpenToOutside(view, pod),
      wrong: ({ codeExecution }) =>
        codeExecution.count === 0
          ? undefined
          : {
              what: `${counted(codeExecution.count, 'vulnerability')} by which strangers can run code`,
              found: codeExecution,
            },
      undecided: ({ undescribed }) =>
        undescribed.count === 0
          ? ''
          : `nobody says what attackers can do with ${counted(undescribed.count, 'vulnerability')} of it: ${vulnerabilityText(undescribed)}`,
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
        spec: { type: LoadBalancer, selector: { app: shop }, ports: [{ port: 80 }] }
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
          data: [{ name: CVE-2024-1, severity: High, categories: { isRce: true } }]
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
