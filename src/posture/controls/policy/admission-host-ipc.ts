import { baselineChecks } from '../../checks/pod-security-admission.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const admissionHostIpc = defineControl({
  id: 'C-0195',
  name: 'Minimize the admission of containers wishing to share the host IPC namespace',
  baseScore: 5,
  category: 'Workload',
  why: 'A pod in the node’s IPC namespace can read shared memory of the node’s programs; nothing refuses it here.',
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
