import { restrictedChecks } from '../../checks/pod-security-admission.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const admissionAddedCapabilities = defineControl({
  id: 'C-0200',
  name: 'Minimize the admission of containers with added capabilities',
  baseScore: 5,
  category: 'Workload',
  why: 'Each added capability is a part of root’s rights; nothing limits here which a container adds.',
  fix: 'Label the namespace `pod-security.kubernetes.io/enforce: restricted`; try it with `warn` and `audit` first, and keep what needs more in a namespace of its own.',

  checks: restrictedChecks,

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Namespace
        metadata: { name: shop, labels: { pod-security.kubernetes.io/enforce: restricted } }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Namespace
          metadata: { name: shop, labels: { pod-security.kubernetes.io/enforce: privileged } }
        `,
        paths: ['metadata.labels[pod-security.kubernetes.io/enforce]'],
      },
    ],
  },
});
