import { allContainersOf, forbidden, isForWindows, podSecurityCheck } from '../../checks/pod-security.ts';
import type { Breach } from '../../control.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { textsOf } from '../../pod-spec.ts';

export const podSecurityDroppedCapabilities = defineControl({
  id: 'P-0017',
  name: 'Pod Security: all capabilities are dropped',
  baseScore: 5,
  category: 'Workload',
  why: 'Capabilities that nobody needs are only there for who breaks in.',
  fix: 'Set `capabilities: { drop: [ALL] }` for each container, and add nothing but `NET_BIND_SERVICE`. Asked from 1.22 on; from 1.25 on not of pods for Windows.',

  checks: [
    podSecurityCheck(
      'dropped-capabilities',
      (pod, version, object) =>
        isForWindows(pod, version)
          ? []
          : allContainersOf(object).flatMap(({ container, path, label }): Breach[] => {
              const at = `${path}.securityContext.capabilities`;
              const { add, drop } = container.securityContext?.capabilities ?? {};
              const dropped = textsOf(drop);
              const message = `${label} does not drop ALL capabilities`;
              const fixPaths = [{ path: `${at}.drop[${dropped.length}]`, value: 'ALL' }];
              return [
                ...(dropped.some(({ text }) => text === 'ALL')
                  ? []
                  : [{ message, failedPaths: [], fixPaths }]),
                ...textsOf(add)
                  .filter(({ text }) => text !== 'NET_BIND_SERVICE')
                  .map(({ text, index }) =>
                    forbidden(`${label} adds the capability ${text}`, `${at}.add[${index}]`),
                  ),
              ];
            }),
      { since: 22 },
    ),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { containers: [{ name: web, securityContext: { capabilities: { drop: [ALL], add: [NET_BIND_SERVICE] } } }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { containers: [{ name: web, securityContext: { capabilities: { drop: [ALL], add: [CHOWN] } } }] }
        `,
        paths: ['spec.containers[0].securityContext.capabilities.add[0]'],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { containers: [{ name: web }] }
        `,
        paths: ['spec.containers[0].securityContext.capabilities.drop[0]'],
      },
    ],
  },
});
