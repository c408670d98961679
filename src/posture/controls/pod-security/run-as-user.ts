import { hasOwnUsers, podSecurityCheck, securityContextsOf } from '../../checks/pod-security.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const podSecurityRunAsUser = defineControl({
  id: 'P-0015',
  name: 'Pod Security: the user is not root',
  baseScore: 6,
  category: 'Workload',
  why: 'User 0 is root: what gets out of such a container is root on the node.',
  fix: 'Make `runAsUser` another number than 0, or take it out. Asked from 1.23 on; from 1.35 on not of pods with `hostUsers: false`.',

  checks: [
    podSecurityCheck(
      'run-as-user',
      (pod, version, object) =>
        hasOwnUsers(pod, version)
          ? []
          : securityContextsOf(pod, object).flatMap(({ context, path, label }) =>
              context.runAsUser === 0
                ? [
                    {
                      message: `${label} runs as user 0, which is root`,
                      failedPaths: [`${path}.runAsUser`],
                      fixPaths: [{ path: `${path}.runAsUser`, value: '1000' }],
                    },
                  ]
                : [],
            ),
      { since: 23 },
    ),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { securityContext: { runAsUser: 1000 }, containers: [{ name: web }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { containers: [{ name: web, securityContext: { runAsUser: 0 } }] }
        `,
        paths: ['spec.containers[0].securityContext.runAsUser'],
      },
    ],
  },
});
