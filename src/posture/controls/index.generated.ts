// Written by scripts/generate.mjs; run `npm run generate` after adding or removing a control.
import type { Control } from '../control.ts';
import { apiServerInsecurePort } from './control-plane/api-server-insecure-port.ts';
import { auditLogs } from './control-plane/audit-logs.ts';
import { etcdEncryption } from './control-plane/etcd-encryption.ts';
import { podSecurityPolicy } from './control-plane/pod-security-policy.ts';
import { clusterInternalNetworking } from './network/cluster-internal-networking.ts';
import { containerHostPort } from './network/container-host-port.ts';
import { hostNetwork } from './network/host-network.ts';
import { ingressAndEgressBlocked } from './network/ingress-and-egress-blocked.ts';
import { kubeletAnonymousAccess } from './node/kubelet-anonymous-access.ts';
import { kubeletClientCertificates } from './node/kubelet-client-certificates.ts';
import { administrativeRoles } from './rbac/administrative-roles.ts';
import { noExecIntoContainers } from './rbac/no-exec-into-containers.ts';
import { automountServiceAccount } from './secrets/automount-service-account.ts';
import { credentialsInConfiguration } from './secrets/credentials-in-configuration.ts';
import { allowPrivilegeEscalation } from './workload/allow-privilege-escalation.ts';
import { cpuLimits } from './workload/cpu-limits.ts';
import { hostPidAndIpc } from './workload/host-pid-and-ipc.ts';
import { immutableFilesystem } from './workload/immutable-filesystem.ts';
import { insecureCapabilities } from './workload/insecure-capabilities.ts';
import { linuxHardening } from './workload/linux-hardening.ts';
import { memoryLimits } from './workload/memory-limits.ts';
import { nginxIngressEndOfLife } from './workload/nginx-ingress-end-of-life.ts';
import { nginxIngressSnippets } from './workload/nginx-ingress-snippets.ts';
import { nonRootContainers } from './workload/non-root-containers.ts';
import { privilegedContainer } from './workload/privileged-container.ts';
import { symlinkExchange } from './workload/symlink-exchange.ts';

/** Every control there is, by id. */
export const controls: readonly Control[] = [
  noExecIntoContainers,
  apiServerInsecurePort,
  credentialsInConfiguration,
  nonRootContainers,
  allowPrivilegeEscalation,
  immutableFilesystem,
  ingressAndEgressBlocked,
  automountServiceAccount,
  administrativeRoles,
  hostPidAndIpc,
  hostNetwork,
  containerHostPort,
  insecureCapabilities,
  clusterInternalNetworking,
  linuxHardening,
  privilegedContainer,
  symlinkExchange,
  nginxIngressSnippets,
  etcdEncryption,
  auditLogs,
  podSecurityPolicy,
  kubeletAnonymousAccess,
  kubeletClientCertificates,
  cpuLimits,
  memoryLimits,
  nginxIngressEndOfLife,
];
