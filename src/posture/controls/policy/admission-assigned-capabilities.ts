import { restrictedChecks } from '../../checks/pod-security-admission.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const admissionAssignedCapabilities = defineControl({
  id: 'C-0201',
  name: 'Minimize the admission of containers with capabilities assigned',
  baseScore: 5,
  category: 'Workload',
  why: 'Containers start with a dozen capabilities that most never use; nothing makes them drop these here.',
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
