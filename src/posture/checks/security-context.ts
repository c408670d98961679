import { dig } from '../cloud.ts';
import type { Breach, Check } from '../control.ts';
import {
  type ContainerPlace,
  containersOf,
  everyContainer,
  itemsOf,
  type PodTemplate,
  podOf,
  textsOf,
  workloadKinds,
} from '../pod-spec.ts';
import { isSet } from './resources.ts';

/** What CIS asks of security contexts beyond what controls of their own ask. Several rules of Kubescape, one control. */
export const securityContextChecks: readonly Check[] = [
  containerCheck('drop-capability-netraw', netRaw),
  containerCheck('set-seLinuxOptions', (place) =>
    isSet(place.pod.spec.securityContext?.seLinuxOptions) ||
    isSet(place.container.securityContext?.seLinuxOptions)
      ? undefined
      : lacking(place, 'seLinuxOptions', 'has no SELinux options'),
  ),
  containerCheck('set-seccomp-profile', (place) =>
    isSet(place.pod.spec.securityContext?.seccompProfile) ||
    isSet(place.container.securityContext?.seccompProfile)
      ? undefined
      : lacking(place, 'seccompProfile', 'has no seccomp profile'),
  ),
  {
    rule: 'set-procmount-default',
    kinds: workloadKinds,
    judge(object, { view }) {
      const isOn = view
        .list('ControlPlaneInfo')
        .some((info) =>
          /--feature-gates=\S*ProcMountType=true/.test(String(dig(info, 'data', 'APIServerInfo', 'cmdLine'))),
        );
      if (!isOn) return [];
      return containersOf(object).flatMap(({ container, path, label }) => {
        if (container.securityContext?.procMount === 'Default') return [];
        const fixPaths = [{ path: `${path}.securityContext.procMount`, value: 'Default' }];
        return [{ message: `${label} does not say that its /proc is masked`, fixPaths }];
      });
    },
  },
  podCheck('set-fsgroup-value', ({ spec, path }) => {
    const group = spec.securityContext?.fsGroup;
    if (typeof group === 'number' && group >= 0) return undefined;
    const fixPaths = [{ path: `${path}.securityContext.fsGroup`, value: 'YOUR_VALUE' }];
    return { message: 'its volumes are given to no group', fixPaths };
  }),
  podCheck('set-fsgroupchangepolicy-value', ({ spec, path }) => {
    const policy = spec.securityContext?.fsGroupChangePolicy;
    if (policy === 'Always' || policy === 'OnRootMismatch') return undefined;
    const fixPaths = [{ path: `${path}.securityContext.fsGroupChangePolicy`, value: 'Always' }];
    return { message: 'it does not say when volumes are given to the group', failedPaths: [], fixPaths };
  }),
  podCheck('set-sysctls-params', ({ spec, path }) => {
    const names = itemsOf(spec.securityContext?.sysctls).map(({ item }) => item.name);
    const unsafe = names.filter((name) => !safeSysctls.includes(String(name)));
    const place = `${path}.securityContext.sysctls`;
    if (unsafe.length === 0) return undefined;
    return {
      message: `it sets ${unsafe.join(', ')}, which reaches beyond the pod`,
      failedPaths: [place],
      fixPaths: [{ path: place, value: 'REMOVE_UNSAFE_SYSCTLS' }],
    };
  }),
  podCheck('set-supplementalgroups-values', ({ spec, path }) => {
    const groups = spec.securityContext?.supplementalGroups;
    const place = `${path}.securityContext.supplementalGroups`;
    if (!Array.isArray(groups) || !groups.includes(0)) return undefined;
    return {
      message: 'its processes are in the group root',
      failedPaths: [place],
      fixPaths: [{ path: place, value: 'REMOVE_GROUP_0' }],
    };
  }),
  containerCheck('set-gmsacredentialspecname-value', (place) =>
    windowsField(place, 'gmsaCredentialSpecName', 'has no group-managed service account'),
  ),
  {
    rule: 'set-hostprocess-true',
    kinds: workloadKinds,
    judge(object) {
      const pod = podOf(object);
      if (pod === undefined) return [];
      const places = [
        { context: pod.spec.securityContext, path: pod.path, label: 'the pod' },
        ...containersOf(object, everyContainer).map(({ container, path, label }) => ({
          context: container.securityContext,
          path,
          label,
        })),
      ];
      return places.flatMap(({ context, path, label }) => {
        if (context?.windowsOptions?.hostProcess !== true) return [];
        const place = `${path}.securityContext.windowsOptions.hostProcess`;
        const fixPaths = [{ path: place, value: 'false' }];
        return [{ message: `${label} runs on the Windows node itself`, failedPaths: [place], fixPaths }];
      });
    },
  },
  containerCheck('set-runasusername-value', (place) =>
    windowsField(place, 'runAsUserName', 'does not say as which user it runs'),
  ),
];

function containerCheck(rule: string, problemOf: (place: ContainerPlace) => Breach | undefined): Check {
  return {
    rule,
    kinds: workloadKinds,
    judge: (object) => containersOf(object).flatMap((place) => problemOf(place) ?? []),
  };
}

function podCheck(rule: string, problemOf: (pod: PodTemplate) => Breach | undefined): Check {
  return {
    rule,
    kinds: workloadKinds,
    judge(object) {
      const pod = podOf(object);
      const problem = pod === undefined ? undefined : problemOf(pod);
      return problem === undefined ? [] : [problem];
    },
  };
}

function lacking({ path, label }: ContainerPlace, field: string, what: string): Breach {
  return {
    message: `${label} ${what}`,
    failedPaths: [],
    fixPaths: [{ path: `${path}.securityContext.${field}`, value: 'YOUR_VALUE' }],
  };
}

/** Dropping all of them drops this one, unless it is added again. */
function netRaw({ container, path, label }: ContainerPlace): Breach | undefined {
  const drops = textsOf(container.securityContext?.capabilities?.drop).map(({ text }) => text);
  const dropsAll = drops.some((name) => name === 'ALL' || name === 'all');
  const place = `${path}.securityContext.capabilities`;
  if (!dropsAll && !drops.includes('NET_RAW')) {
    return {
      message: `${label} keeps the capability NET_RAW`,
      deletePaths: [],
      failedPaths: [],
      fixPaths: [{ path: `${place}.drop[${drops.length}]`, value: 'NET_RAW' }],
    };
  }
  const adds = textsOf(container.securityContext?.capabilities?.add).some(({ text }) => text === 'NET_RAW');
  if (!dropsAll || !adds) return undefined;
  const places = [`${place}.add`];
  return {
    message: `${label} adds the capability NET_RAW`,
    deletePaths: places,
    failedPaths: places,
    fixPaths: [],
  };
}

/** Fields that only Windows knows count for pods that say that they are for Windows. */
function windowsField(
  place: ContainerPlace,
  field: 'gmsaCredentialSpecName' | 'runAsUserName',
  what: string,
): Breach | undefined {
  const { container, pod } = place;
  const isWindows =
    pod.spec.os?.name === 'windows' || pod.spec.nodeSelector?.['kubernetes.io/os'] === 'windows';
  if (!isWindows) return undefined;
  if (isSet(pod.spec.securityContext?.windowsOptions?.[field])) return undefined;
  if (isSet(container.securityContext?.windowsOptions?.[field])) return undefined;
  return lacking(place, `windowsOptions.${field}`, what);
}

/** Source: https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/#safe-and-unsafe-sysctls */
const safeSysctls: readonly string[] = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
];
