import { isSet } from '../../checks/resources.ts';
import { sandboxKinds, sandboxPodOf, sandboxPodPath } from '../../checks/sandbox.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const hardenedRuntime = defineControl({
  id: 'C-0297',
  name: 'Agent Sandbox hardened runtime class',
  baseScore: 7,
  category: 'Workload',
  why: 'An agent’s sandbox runs code that nobody has read. A runtime that shares the kernel with the node is no wall for that.',
  fix: 'Set `runtimeClassName` to one that isolates (gVisor, Kata). Which do is set by the input `hardenedSandboxRuntimeClasses`.',

  checks: [
    {
      rule: 'agent-sandbox-hardened-runtime-class',
      kinds: sandboxKinds,
      judge(template, { inputs }) {
        const runtime = sandboxPodOf(template)?.runtimeClassName;
        if (typeof runtime === 'string' && (inputs['hardenedSandboxRuntimeClasses'] ?? []).includes(runtime))
          return [];
        const what = isSet(runtime)
          ? `the runtime class ${runtime}, which the inputs do not name`
          : 'no runtime class';
        return [
          {
            message: `sandboxes have ${what}`,
            failedPaths: [`${sandboxPodPath}.runtimeClassName`],
            fixPaths: [],
          },
        ];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: extensions.agents.x-k8s.io/v1alpha1
        kind: SandboxTemplate
        metadata: { name: python, namespace: agents }
        spec: { podTemplate: { spec: { runtimeClassName: gvisor, containers: [{ name: agent }] } } }
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
        paths: ['spec.podTemplate.spec.runtimeClassName'],
      },
      {
        yaml: yaml`
          apiVersion: extensions.agents.x-k8s.io/v1alpha1
          kind: SandboxTemplate
          metadata: { name: python, namespace: agents }
          spec: { podTemplate: { spec: { runtimeClassName: runc, containers: [{ name: agent }] } } }
        `,
        paths: ['spec.podTemplate.spec.runtimeClassName'],
      },
    ],
  },
});
