import { forbidden, podSecurityCheck, securityContextsOf } from '../../checks/pod-security.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const podSecurityHostProcess = defineControl({
  id: 'P-0001',
  name: 'Pod Security: no HostProcess containers',
  baseScore: 8,
  category: 'Workload',
  why: 'A HostProcess container runs on the Windows node itself, as a program of it.',
  fix: 'Take `windowsOptions.hostProcess` out; keep what has to run on the node apart, in a namespace of its own.',

  checks: [
    podSecurityCheck('host-process', (pod, _version, object) =>
      securityContextsOf(pod, object).flatMap(({ context, path, label }) =>
        context.windowsOptions?.hostProcess === true
          ? [forbidden(`${label} runs on the Windows node itself`, `${path}.windowsOptions.hostProcess`)]
          : [],
      ),
    ),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { securityContext: { windowsOptions: { hostProcess: false } }, containers: [{ name: web }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { containers: [{ name: web, securityContext: { windowsOptions: { hostProcess: true } } }] }
        `,
        paths: ['spec.containers[0].securityContext.windowsOptions.hostProcess'],
      },
    ],
  },
});
