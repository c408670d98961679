import { baselineChecks } from '../../checks/pod-security-admission.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const admissionHostPath = defineControl({
  id: 'C-0203',
  name: 'Minimize the admission of HostPath volumes',
  baseScore: 6,
  category: 'Workload',
  why: 'A hostPath volume hands files of the node to a pod; nothing refuses it here.',
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
