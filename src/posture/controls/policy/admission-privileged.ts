import { baselineChecks } from '../../checks/pod-security-admission.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const admissionPrivileged = defineControl({
  id: 'C-0193',
  name: 'Minimize the admission of privileged containers',
  baseScore: 8,
  category: 'Workload',
  why: 'A privileged container is the node. Where nothing refuses it, whoever may create pods owns every node.',
  fix: 'Label the namespace `pod-security.kubernetes.io/enforce: baseline`; try it with `warn` and `audit` first, and keep what needs more in a namespace of its own.',

  checks: baselineChecks,

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
