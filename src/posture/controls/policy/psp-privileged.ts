import { podSecurityPolicyFlag } from '../../checks/pod-security-policies.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const pspPrivileged = defineControl({
  id: 'C-0213',
  name: 'Minimize the admission of privileged containers',
  baseScore: 8,
  category: 'Workload',
  why: 'A privileged container is the node. Where every policy allows it, whoever may create pods owns every node.',
  fix: 'Have at least one policy without `privileged`, and let as few as possible use the others. PodSecurityPolicy is gone since Kubernetes 1.25: use Pod Security Admission there.',

  checks: [podSecurityPolicyFlag('psp-deny-privileged-container', 'privileged', 'to be privileged')],

  examples: {
    pass: [
      yaml`
        apiVersion: policy/v1beta1
        kind: PodSecurityPolicy
        metadata: { name: default }
        spec: { privileged: false }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: policy/v1beta1
          kind: PodSecurityPolicy
          metadata: { name: default }
          spec: { privileged: true }
        `,
        paths: ['spec.privileged'],
      },
    ],
  },
});
