import { podSecurityPolicyFlag } from '../../checks/pod-security-policies.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const pspHostPid = defineControl({
  id: 'C-0214',
  name: 'Minimize the admission of containers wishing to share the host process ID namespace',
  baseScore: 5,
  category: 'Workload',
  why: 'A pod that sees the node’s processes can read their secrets and stop them; every policy allows it.',
  fix: 'Have at least one policy without `hostPID`, and let as few as possible use the others. PodSecurityPolicy is gone since Kubernetes 1.25: use Pod Security Admission there.',

  checks: [podSecurityPolicyFlag('psp-deny-hostpid', 'hostPID', 'to see the processes of their node')],

  examples: {
    pass: [
      yaml`
        apiVersion: policy/v1beta1
        kind: PodSecurityPolicy
        metadata: { name: default }
        spec: { hostPID: false }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: policy/v1beta1
          kind: PodSecurityPolicy
          metadata: { name: default }
          spec: { hostPID: true }
        `,
        paths: ['spec.hostPID'],
      },
    ],
  },
});
