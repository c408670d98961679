import { podSecurityPolicyCheck } from '../../checks/pod-security-policies.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const pspRequiredDrops = defineControl({
  id: 'C-0220',
  name: 'Minimize the admission of containers with capabilities assigned',
  baseScore: 5,
  category: 'Workload',
  why: 'Containers start with a dozen capabilities that most never use; no policy makes them drop these.',
  fix: 'Have at least one policy with `requiredDropCapabilities: [ALL]`. PodSecurityPolicy is gone since Kubernetes 1.25: use Pod Security Admission there.',

  checks: [
    podSecurityPolicyCheck(
      'psp-required-drop-capabilities',
      ({ requiredDropCapabilities: drops }) => !Array.isArray(drops) || drops.length === 0,
      {
        message: 'no policy makes pods drop capabilities',
        failedPaths: [],
        fixPaths: [{ path: 'spec.requiredDropCapabilities[0]', value: 'ALL' }],
      },
    ),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: policy/v1beta1
        kind: PodSecurityPolicy
        metadata: { name: default }
        spec: { requiredDropCapabilities: [ALL] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: policy/v1beta1
          kind: PodSecurityPolicy
          metadata: { name: default }
          spec: { requiredDropCapabilities: [] }
        `,
        paths: ['spec.requiredDropCapabilities[0]'],
      },
    ],
  },
});
