import { sandboxLimitCheck } from '../../checks/sandbox.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const resourceCeilings = defineControl({
  id: 'C-0303',
  name: 'Agent Sandbox resource ceilings',
  baseScore: 7,
  category: 'Workload',
  why: 'Code in an agent’s sandbox may loop or grow without end. Without a ceiling it takes the node with it.',
  fix: 'Set CPU and memory limits of the containers; the most that is allowed is set by the inputs `sandbox_cpu_limit_max` and `sandbox_memory_limit_max`.',

  checks: [
    sandboxLimitCheck('resources-sandbox-cpu-limits', 'cpu'),
    sandboxLimitCheck('resources-sandbox-memory-limits', 'memory'),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: extensions.agents.x-k8s.io/v1alpha1
        kind: SandboxTemplate
        metadata: { name: python, namespace: agents }
        spec: { podTemplate: { spec: { containers: [{ name: agent, resources: { limits: { cpu: 500m, memory: 512Mi } } }] } } }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: extensions.agents.x-k8s.io/v1alpha1
          kind: SandboxTemplate
          metadata: { name: python, namespace: agents }
          spec: { podTemplate: { spec: { containers: [{ name: agent, image: python }] } } }
        `,
        paths: [
          'spec.podTemplate.spec.containers[0].resources.limits.cpu',
          'spec.podTemplate.spec.containers[0].resources.limits.memory',
        ],
      },
    ],
  },
});
