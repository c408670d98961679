import { podSecurityPolicyFlag } from '../../checks/pod-security-policies.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const pspPrivilegeEscalation = defineControl({
  id: 'C-0217',
  name: 'Minimize the admission of containers with allowPrivilegeEscalation',
  baseScore: 6,
  category: 'Workload',
  why: 'A process that may gain rights turns a small hole into root in the container; every policy allows it.',
  fix: 'Have at least one policy without `allowPrivilegeEscalation`, and let as few as possible use the others. PodSecurityPolicy is gone since Kubernetes 1.25: use Pod Security Admission there.',

  checks: [
    podSecurityPolicyFlag(
      'psp-deny-allowprivilegeescalation',
      'allowPrivilegeEscalation',
      'to gain more rights than they start with',
    ),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: policy/v1beta1
        kind: PodSecurityPolicy
        metadata: { name: default }
        spec: { allowPrivilegeEscalation: false }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: policy/v1beta1
          kind: PodSecurityPolicy
          metadata: { name: default }
          spec: { allowPrivilegeEscalation: true }
        `,
        paths: ['spec.allowPrivilegeEscalation'],
      },
    ],
  },
});
