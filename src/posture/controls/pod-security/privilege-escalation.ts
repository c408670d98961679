import { allContainersOf, isForWindows, podSecurityCheck } from '../../checks/pod-security.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const podSecurityPrivilegeEscalation = defineControl({
  id: 'P-0013',
  name: 'Pod Security: no privilege escalation',
  baseScore: 6,
  category: 'Workload',
  why: 'A process that may gain more rights than the one that started it turns a small hole into root.',
  fix: 'Set `allowPrivilegeEscalation: false` for each container. Not asked of pods for Windows from 1.25 on.',

  checks: [
    podSecurityCheck(
      'privilege-escalation',
      (pod, version, object) =>
        isForWindows(pod, version)
          ? []
          : allContainersOf(object).flatMap(({ container, path, label }) => {
              if (container.securityContext?.allowPrivilegeEscalation === false) return [];
              const fixPaths = [{ path: `${path}.securityContext.allowPrivilegeEscalation`, value: 'false' }];
              return [
                { message: `${label} may gain more rights than it starts with`, failedPaths: [], fixPaths },
              ];
            }),
      { since: 8 },
    ),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { containers: [{ name: web, securityContext: { allowPrivilegeEscalation: false } }] }
      `,
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { os: { name: windows }, containers: [{ name: web }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { containers: [{ name: web }] }
        `,
        paths: ['spec.containers[0].securityContext.allowPrivilegeEscalation'],
      },
    ],
  },
});
