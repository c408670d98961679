import { allContainersOf, forbidden, podSecurityCheck } from '../../checks/pod-security.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { textsOf } from '../../pod-spec.ts';

export const podSecurityAddedCapabilities = defineControl({
  id: 'P-0003',
  name: 'Pod Security: no capabilities beyond the usual ones',
  baseScore: 7,
  category: 'Workload',
  why: 'Capabilities that container runtimes do not give by themselves lead into the kernel of the node, or to the traffic of other pods.',
  fix: 'Take the capability out of `capabilities.add`. `AUDIT_WRITE`, `CHOWN`, `DAC_OVERRIDE`, `FOWNER`, `FSETID`, `KILL`, `MKNOD`, `NET_BIND_SERVICE`, `SETFCAP`, `SETGID`, `SETPCAP`, `SETUID` and `SYS_CHROOT` may be added.',

  checks: [
    podSecurityCheck('added-capabilities', (_pod, _version, object) =>
      allContainersOf(object).flatMap(({ container, path, label }) =>
        textsOf(container.securityContext?.capabilities?.add)
          .filter(({ text }) => !usual.has(text))
          .map(({ text, index }) =>
            forbidden(
              `${label} adds the capability ${text}`,
              `${path}.securityContext.capabilities.add[${index}]`,
            ),
          ),
      ),
    ),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { containers: [{ name: web, securityContext: { capabilities: { add: [CHOWN, NET_BIND_SERVICE] } } }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { containers: [{ name: web, securityContext: { capabilities: { add: [CHOWN, NET_RAW] } } }] }
        `,
        paths: ['spec.containers[0].securityContext.capabilities.add[1]'],
      },
    ],
  },
});

const usual: ReadonlySet<string> = new Set([
  ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE'],
  ...['SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
]);
