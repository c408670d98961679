import { podSecurityPolicyFlag } from '../../checks/pod-security-policies.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const pspHostNetwork = defineControl({
  id: 'C-0216',
  name: 'Minimize the admission of containers wishing to share the host network namespace',
  baseScore: 5,
  category: 'Workload',
  why: 'A pod in the node’s network hears its traffic and passes by network policies; every policy allows it.',
  fix: 'Have at least one policy without `hostNetwork`, and let as few as possible use the others. PodSecurityPolicy is gone since Kubernetes 1.25: use Pod Security Admission there.',

  checks: [
    podSecurityPolicyFlag('psp-deny-hostnetwork', 'hostNetwork', 'to be in the network of their node'),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: policy/v1beta1
        kind: PodSecurityPolicy
        metadata: { name: default }
        spec: { hostNetwork: false }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: policy/v1beta1
          kind: PodSecurityPolicy
          metadata: { name: default }
          spec: { hostNetwork: true }
        `,
        paths: ['spec.hostNetwork'],
      },
    ],
  },
});
