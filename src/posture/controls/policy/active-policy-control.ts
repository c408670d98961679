import { appliedChecks } from '../../checks/pod-security-admission.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const activePolicyControl = defineControl({
  id: 'C-0192',
  name: 'Ensure that the cluster has at least one active policy control mechanism in place',
  baseScore: 4,
  category: 'Network',
  why: 'Without a policy at admission every manifest is taken as it is: a privileged pod is one `kubectl apply` away.',
  fix: 'Label the namespace with `pod-security.kubernetes.io/enforce`, or install a policy engine.',

  checks: appliedChecks,

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Namespace
        metadata: { name: shop, labels: { pod-security.kubernetes.io/enforce: baseline } }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Namespace
          metadata: { name: shop }
        `,
        paths: ['metadata.labels[pod-security.kubernetes.io/enforce]'],
      },
    ],
  },
});
