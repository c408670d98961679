import { restrictedChecks } from '../../checks/pod-security-admission.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const admissionPrivilegeEscalation = defineControl({
  id: 'C-0197',
  name: 'Minimize the admission of containers with allowPrivilegeEscalation',
  baseScore: 6,
  category: 'Workload',
  why: 'A process that may gain rights turns a small hole into root in the container; nothing refuses such a container here.',
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
