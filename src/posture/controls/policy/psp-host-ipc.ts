import { podSecurityPolicyFlag } from '../../checks/pod-security-policies.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const pspHostIpc = defineControl({
  id: 'C-0215',
  name: 'Minimize the admission of containers wishing to share the host IPC namespace',
  baseScore: 5,
  category: 'Workload',
  why: 'A pod in the node’s IPC namespace can read shared memory of the node’s programs; every policy allows it.',
  fix: 'Have at least one policy without `hostIPC`, and let as few as possible use the others. PodSecurityPolicy is gone since Kubernetes 1.25: use Pod Security Admission there.',

  checks: [podSecurityPolicyFlag('psp-deny-hostipc', 'hostIPC', 'to share memory with their node')],

  examples: {
    pass: [
      yaml`
        apiVersion: policy/v1beta1
        kind: PodSecurityPolicy
        metadata: { name: default }
        spec: { hostIPC: false }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: policy/v1beta1
          kind: PodSecurityPolicy
          metadata: { name: default }
          spec: { hostIPC: true }
        `,
        paths: ['spec.hostIPC'],
      },
    ],
  },
});
