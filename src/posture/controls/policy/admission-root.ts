import { restrictedChecks } from '../../checks/pod-security-admission.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const admissionRoot = defineControl({
  id: 'C-0198',
  name: 'Minimize the admission of root containers',
  baseScore: 6,
  category: 'Workload',
  why: 'Root in a container is root on the node once it gets out; nothing refuses such a container here.',
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
