import { forbidden, podSecurityCheck } from '../../checks/pod-security.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { itemsOf } from '../../pod-spec.ts';

export const podSecuritySysctls = defineControl({
  id: 'P-0011',
  name: 'Pod Security: no sysctls but safe ones',
  baseScore: 5,
  category: 'Workload',
  why: 'Settings of the kernel that are not kept apart for each pod change the node for all of them.',
  fix: 'Take the sysctl out. Which ones are safe depends on the version of Kubernetes (`podSecurityVersion`).',

  checks: [
    podSecurityCheck('sysctls', (pod, version) =>
      itemsOf(pod.spec.securityContext?.sysctls)
        .filter(
          ({ item: { name = '' } }) =>
            version < (safeSince[name] ?? Number.POSITIVE_INFINITY) || !(name in safeSince),
        )
        .map(({ item, index }) =>
          forbidden(
            `the pod sets ${item.name ?? 'a sysctl'}`,
            `${pod.path}.securityContext.sysctls[${index}]`,
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
        spec: { securityContext: { sysctls: [{ name: net.ipv4.tcp_rmem, value: "1" }] }, containers: [{ name: web }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { securityContext: { sysctls: [{ name: kernel.shm_rmid_forced }, { name: kernel.msgmax }] }, containers: [{ name: web }] }
        `,
        paths: ['spec.securityContext.sysctls[1]'],
      },
    ],
  },
});

/** The minor version from which each is safe. */
const safeSince: Readonly<Record<string, number>> = {
  'kernel.shm_rmid_forced': 0,
  'net.ipv4.ip_local_port_range': 0,
  'net.ipv4.ip_unprivileged_port_start': 0,
  'net.ipv4.ping_group_range': 0,
  'net.ipv4.tcp_syncookies': 0,
  'net.ipv4.ip_local_reserved_ports': 27,
  'net.ipv4.tcp_fin_timeout': 29,
  'net.ipv4.tcp_keepalive_intvl': 29,
  'net.ipv4.tcp_keepalive_probes': 29,
  'net.ipv4.tcp_keepalive_time': 29,
  'net.ipv4.tcp_rmem': 32,
  'net.ipv4.tcp_wmem': 32,
};
