import { podSecurityPolicyCheck } from '../../checks/pod-security-policies.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const pspAllowedCapabilities = defineControl({
  id: 'C-0219',
  name: 'Minimize the admission of containers with added capabilities',
  baseScore: 5,
  category: 'Workload',
  why: 'Each added capability is a part of root’s rights; every policy lets pods add some.',
  fix: 'Have at least one policy without `allowedCapabilities`. PodSecurityPolicy is gone since Kubernetes 1.25: use Pod Security Admission there.',

  checks: [
    podSecurityPolicyCheck(
      'psp-deny-allowed-capabilities',
      ({ allowedCapabilities }) => Array.isArray(allowedCapabilities) && allowedCapabilities.length > 0,
      {
        message: 'every policy lets pods add capabilities, and so does this one',
        deletePaths: ['spec.allowedCapabilities'],
        failedPaths: ['spec.allowedCapabilities'],
        fixPaths: [],
      },
    ),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: policy/v1beta1
        kind: PodSecurityPolicy
        metadata: { name: default }
        spec: { allowedCapabilities: [] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: policy/v1beta1
          kind: PodSecurityPolicy
          metadata: { name: default }
          spec: { allowedCapabilities: [NET_ADMIN] }
        `,
        paths: ['spec.allowedCapabilities'],
      },
    ],
  },
});
