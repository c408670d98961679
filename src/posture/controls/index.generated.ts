// Written by scripts/generate.mjs; run `npm run generate` after adding or removing a control.
import type { Control } from '../control.ts';
import { acrServicePrincipals } from './cloud/acr-service-principals.ts';
import { acrUserAccess } from './cloud/acr-user-access.ts';
import { aksAzureRbac } from './cloud/aks-azure-rbac.ts';
import { aksEndpointAccess } from './cloud/aks-endpoint-access.ts';
import { aksImageScanning } from './cloud/aks-image-scanning.ts';
import { aksNetworkPolicy } from './cloud/aks-network-policy.ts';
import { aksPrivateEndpoint } from './cloud/aks-private-endpoint.ts';
import { aksPrivateNodes } from './cloud/aks-private-nodes.ts';
import { ecrNodeAccess } from './cloud/ecr-node-access.ts';
import { ecrUserAccess } from './cloud/ecr-user-access.ts';
import { eksAccessEntries } from './cloud/eks-access-entries.ts';
import { eksNetworkPolicy } from './cloud/eks-network-policy.ts';
import { eksPrivateEndpointOnly } from './cloud/eks-private-endpoint-only.ts';
import { eksPrivateEndpoint } from './cloud/eks-private-endpoint.ts';
import { eksPrivateNodes } from './cloud/eks-private-nodes.ts';
import { gcpRegistryAccess } from './cloud/gcp-registry-access.ts';
import { managedSecretsEncryption } from './cloud/managed-secrets-encryption.ts';
import { registryScanning } from './cloud/registry-scanning.ts';
import { admissionAlwaysAdmit } from './control-plane/admission-always-admit.ts';
import { admissionAlwaysPullImages } from './control-plane/admission-always-pull-images.ts';
import { admissionEventRateLimit } from './control-plane/admission-event-rate-limit.ts';
import { admissionNamespaceLifecycle } from './control-plane/admission-namespace-lifecycle.ts';
import { admissionNodeRestriction } from './control-plane/admission-node-restriction.ts';
import { admissionSecurityContextDeny } from './control-plane/admission-security-context-deny.ts';
import { admissionServiceAccount } from './control-plane/admission-service-account.ts';
import { apiServerAnonymousAuth } from './control-plane/api-server-anonymous-auth.ts';
import { apiServerAuditLogMaxage } from './control-plane/api-server-audit-log-maxage.ts';
import { apiServerAuditLogMaxbackup } from './control-plane/api-server-audit-log-maxbackup.ts';
import { apiServerAuditLogMaxsize } from './control-plane/api-server-audit-log-maxsize.ts';
import { apiServerAuditLogPath } from './control-plane/api-server-audit-log-path.ts';
import { apiServerAuthorizationAlwaysAllow } from './control-plane/api-server-authorization-always-allow.ts';
import { apiServerAuthorizationNode } from './control-plane/api-server-authorization-node.ts';
import { apiServerAuthorizationRbac } from './control-plane/api-server-authorization-rbac.ts';
import { apiServerCipherList } from './control-plane/api-server-cipher-list.ts';
import { apiServerClientCa } from './control-plane/api-server-client-ca.ts';
import { apiServerEtcdCa } from './control-plane/api-server-etcd-ca.ts';
import { apiServerEtcdClientCertificate } from './control-plane/api-server-etcd-client-certificate.ts';
import { apiServerInsecurePort } from './control-plane/api-server-insecure-port.ts';
import { apiServerKubeletCertificateAuthority } from './control-plane/api-server-kubelet-certificate-authority.ts';
import { apiServerKubeletClientCertificate } from './control-plane/api-server-kubelet-client-certificate.ts';
import { apiServerProfiling } from './control-plane/api-server-profiling.ts';
import { apiServerRequestTimeout } from './control-plane/api-server-request-timeout.ts';
import { apiServerSecurePort } from './control-plane/api-server-secure-port.ts';
import { apiServerServiceAccountKeyFile } from './control-plane/api-server-service-account-key-file.ts';
import { apiServerServiceAccountLookup } from './control-plane/api-server-service-account-lookup.ts';
import { apiServerTlsCertificate } from './control-plane/api-server-tls-certificate.ts';
import { apiServerTokenAuthFile } from './control-plane/api-server-token-auth-file.ts';
import { apiServerTokenExpiration } from './control-plane/api-server-token-expiration.ts';
import { apiServerWeakCiphers } from './control-plane/api-server-weak-ciphers.ts';
import { auditLogs } from './control-plane/audit-logs.ts';
import { auditPolicyContent } from './control-plane/audit-policy-content.ts';
import { controllerManagerBindAddress } from './control-plane/controller-manager-bind-address.ts';
import { controllerManagerCredentials } from './control-plane/controller-manager-credentials.ts';
import { controllerManagerPodGc } from './control-plane/controller-manager-pod-gc.ts';
import { controllerManagerProfiling } from './control-plane/controller-manager-profiling.ts';
import { controllerManagerRootCa } from './control-plane/controller-manager-root-ca.ts';
import { controllerManagerRotateKubeletCertificate } from './control-plane/controller-manager-rotate-kubelet-certificate.ts';
import { controllerManagerServiceAccountKey } from './control-plane/controller-manager-service-account-key.ts';
import { denyServiceExternalIpsOff } from './control-plane/deny-service-external-ips-off.ts';
import { denyServiceExternalIps } from './control-plane/deny-service-external-ips.ts';
import { encryptionProviders } from './control-plane/encryption-providers.ts';
import { etcdEncryption } from './control-plane/etcd-encryption.ts';
import { externalSecretStorage } from './control-plane/external-secret-storage.ts';
import { minimalAuditPolicy } from './control-plane/minimal-audit-policy.ts';
import { podSecurityPolicy } from './control-plane/pod-security-policy.ts';
import { rbacEnabled } from './control-plane/rbac-enabled.ts';
import { schedulerBindAddress } from './control-plane/scheduler-bind-address.ts';
import { schedulerProfiling } from './control-plane/scheduler-profiling.ts';
import { secretsInEncryptionConfig } from './control-plane/secrets-in-encryption-config.ts';
import { etcdAutoTls } from './etcd/etcd-auto-tls.ts';
import { etcdClientCertificates } from './etcd/etcd-client-certificates.ts';
import { etcdOwnAuthority } from './etcd/etcd-own-authority.ts';
import { etcdPeerAutoTls } from './etcd/etcd-peer-auto-tls.ts';
import { etcdPeerClientCertificates } from './etcd/etcd-peer-client-certificates.ts';
import { etcdPeerTls } from './etcd/etcd-peer-tls.ts';
import { etcdTls } from './etcd/etcd-tls.ts';
import { kubeletAnonymousAuth } from './kubelet/kubelet-anonymous-auth.ts';
import { kubeletAuthorizationMode } from './kubelet/kubelet-authorization-mode.ts';
import { kubeletClientCa } from './kubelet/kubelet-client-ca.ts';
import { kubeletEventQps } from './kubelet/kubelet-event-qps.ts';
import { kubeletHostnameOverride } from './kubelet/kubelet-hostname-override.ts';
import { kubeletIptables } from './kubelet/kubelet-iptables.ts';
import { kubeletKernelDefaults } from './kubelet/kubelet-kernel-defaults.ts';
import { kubeletPodPidsLimit } from './kubelet/kubelet-pod-pids-limit.ts';
import { kubeletReadOnlyPort } from './kubelet/kubelet-read-only-port.ts';
import { kubeletRotateCertificates } from './kubelet/kubelet-rotate-certificates.ts';
import { kubeletRotateServerCertificate } from './kubelet/kubelet-rotate-server-certificate.ts';
import { kubeletStreamingTimeout } from './kubelet/kubelet-streaming-timeout.ts';
import { kubeletStrongCiphers } from './kubelet/kubelet-strong-ciphers.ts';
import { kubeletTlsCertificate } from './kubelet/kubelet-tls-certificate.ts';
import { azureAuditLogs } from './manual/azure-audit-logs.ts';
import { bootstrapTokensForUsers } from './manual/bootstrap-tokens-for-users.ts';
import { clientCertificatesForUsers } from './manual/client-certificates-for-users.ts';
import { hostileMultiTenancy } from './manual/hostile-multi-tenancy.ts';
import { imagePolicyWebhook } from './manual/image-policy-webhook.ts';
import { serviceAccountTokensForUsers } from './manual/service-account-tokens-for-users.ts';
import { systemMasters } from './manual/system-masters.ts';
import { untrustedWorkloads } from './manual/untrusted-workloads.ts';
import { administrativeBoundaries } from './namespace/administrative-boundaries.ts';
import { defaultNamespace } from './namespace/default-namespace.ts';
import { podsInDefaultNamespace } from './namespace/pods-in-default-namespace.ts';
import { aggregatedApiRedirect } from './network/aggregated-api-redirect.ts';
import { awsLoadBalancerTls } from './network/aws-load-balancer-tls.ts';
import { azureLoadBalancerTls } from './network/azure-load-balancer-tls.ts';
import { clusterInternalNetworking } from './network/cluster-internal-networking.ts';
import { containerHostPort } from './network/container-host-port.ts';
import { danglingGatewayBackend } from './network/dangling-gateway-backend.ts';
import { danglingIngressBackend } from './network/dangling-ingress-backend.ts';
import { danglingNetworkPolicy } from './network/dangling-network-policy.ts';
import { externalFacingGateways } from './network/external-facing-gateways.ts';
import { externalFacing } from './network/external-facing.ts';
import { hostNetwork } from './network/host-network.ts';
import { ingressAndEgressBlocked } from './network/ingress-and-egress-blocked.ts';
import { ingressTls } from './network/ingress-tls.ts';
import { missingNetworkPolicy } from './network/missing-network-policy.ts';
import { namespacePolicies } from './network/namespace-policies.ts';
import { networkMapping } from './network/network-mapping.ts';
import { sensitiveInterfaces } from './network/sensitive-interfaces.ts';
import { serviceWithoutWorkload } from './network/service-without-workload.ts';
import { sshServer } from './network/ssh-server.ts';
import { unauthenticatedService } from './network/unauthenticated-service.ts';
import { adminConfMode } from './node/admin-conf-mode.ts';
import { adminConfOwner } from './node/admin-conf-owner.ts';
import { apiServerManifestMode } from './node/api-server-manifest-mode.ts';
import { apiServerManifestOwner } from './node/api-server-manifest-owner.ts';
import { clientCaMode } from './node/client-ca-mode.ts';
import { clientCaOwner } from './node/client-ca-owner.ts';
import { cniFilesMode } from './node/cni-files-mode.ts';
import { cniFilesOwner } from './node/cni-files-owner.ts';
import { cniNetworkPolicies } from './node/cni-network-policies.ts';
import { controllerManagerConfMode } from './node/controller-manager-conf-mode.ts';
import { controllerManagerConfOwner } from './node/controller-manager-conf-owner.ts';
import { controllerManagerManifestMode } from './node/controller-manager-manifest-mode.ts';
import { controllerManagerManifestOwner } from './node/controller-manager-manifest-owner.ts';
import { etcdDataMode } from './node/etcd-data-mode.ts';
import { etcdDataOwner } from './node/etcd-data-owner.ts';
import { etcdManifestMode } from './node/etcd-manifest-mode.ts';
import { etcdManifestOwner } from './node/etcd-manifest-owner.ts';
import { instanceMetadata } from './node/instance-metadata.ts';
import { kernelContextOverflow } from './node/kernel-context-overflow.ts';
import { kubeProxyConfMode } from './node/kube-proxy-conf-mode.ts';
import { kubeProxyConfOwner } from './node/kube-proxy-conf-owner.ts';
import { kubeProxyMetrics } from './node/kube-proxy-metrics.ts';
import { kubeletAnonymousAccess } from './node/kubelet-anonymous-access.ts';
import { kubeletClientCertificates } from './node/kubelet-client-certificates.ts';
import { kubeletConfModeManaged } from './node/kubelet-conf-mode-managed.ts';
import { kubeletConfMode } from './node/kubelet-conf-mode.ts';
import { kubeletConfOwner } from './node/kubelet-conf-owner.ts';
import { kubeletConfigModeManaged } from './node/kubelet-config-mode-managed.ts';
import { kubeletConfigMode } from './node/kubelet-config-mode.ts';
import { kubeletConfigOwner } from './node/kubelet-config-owner.ts';
import { kubeletServiceMode } from './node/kubelet-service-mode.ts';
import { kubeletServiceOwner } from './node/kubelet-service-owner.ts';
import { pkiCertificatesMode } from './node/pki-certificates-mode.ts';
import { pkiKeysMode } from './node/pki-keys-mode.ts';
import { pkiOwner } from './node/pki-owner.ts';
import { schedulerConfMode } from './node/scheduler-conf-mode.ts';
import { schedulerConfOwner } from './node/scheduler-conf-owner.ts';
import { schedulerManifestMode } from './node/scheduler-manifest-mode.ts';
import { schedulerManifestOwner } from './node/scheduler-manifest-owner.ts';
import { podSecurityAddedCapabilities } from './pod-security/added-capabilities.ts';
import { podSecurityAppArmor } from './pod-security/app-armor.ts';
import { podSecurityDroppedCapabilities } from './pod-security/dropped-capabilities.ts';
import { podSecurityHostPorts } from './pod-security/host-ports.ts';
import { podSecurityHostProbes } from './pod-security/host-probes.ts';
import { podSecurityHostProcess } from './pod-security/host-process.ts';
import { podSecurityPrivilegeEscalation } from './pod-security/privilege-escalation.ts';
import { podSecurityPrivileged } from './pod-security/privileged.ts';
import { podSecurityProcMountRestricted } from './pod-security/proc-mount-restricted.ts';
import { podSecurityProcMount } from './pod-security/proc-mount.ts';
import { podSecurityRunAsNonRoot } from './pod-security/run-as-non-root.ts';
import { podSecurityRunAsUser } from './pod-security/run-as-user.ts';
import { podSecuritySeLinux } from './pod-security/se-linux.ts';
import { podSecuritySeccompRestricted } from './pod-security/seccomp-restricted.ts';
import { podSecuritySeccomp } from './pod-security/seccomp.ts';
import { podSecuritySysctls } from './pod-security/sysctls.ts';
import { podSecurityVolumeTypes } from './pod-security/volume-types.ts';
import { activePolicyControl } from './policy/active-policy-control.ts';
import { admissionAddedCapabilities } from './policy/admission-added-capabilities.ts';
import { admissionAssignedCapabilities } from './policy/admission-assigned-capabilities.ts';
import { admissionHostIpc } from './policy/admission-host-ipc.ts';
import { admissionHostNetwork } from './policy/admission-host-network.ts';
import { admissionHostPath } from './policy/admission-host-path.ts';
import { admissionHostPid } from './policy/admission-host-pid.ts';
import { admissionHostPorts } from './policy/admission-host-ports.ts';
import { admissionNetRaw } from './policy/admission-net-raw.ts';
import { admissionPrivilegeEscalation } from './policy/admission-privilege-escalation.ts';
import { admissionPrivileged } from './policy/admission-privileged.ts';
import { admissionRoot } from './policy/admission-root.ts';
import { admissionWindowsHostProcess } from './policy/admission-windows-host-process.ts';
import { mutatingWebhooks } from './policy/mutating-webhooks.ts';
import { pspAllowedCapabilities } from './policy/psp-allowed-capabilities.ts';
import { pspHostIpc } from './policy/psp-host-ipc.ts';
import { pspHostNetwork } from './policy/psp-host-network.ts';
import { pspHostPid } from './policy/psp-host-pid.ts';
import { pspPrivilegeEscalation } from './policy/psp-privilege-escalation.ts';
import { pspPrivileged } from './policy/psp-privileged.ts';
import { pspRequiredDrops } from './policy/psp-required-drops.ts';
import { pspRoot } from './policy/psp-root.ts';
import { validatingWebhooks } from './policy/validating-webhooks.ts';
import { administrativeRoles } from './rbac/administrative-roles.ts';
import { anonymousBindings } from './rbac/anonymous-bindings.ts';
import { approveCertificates } from './rbac/approve-certificates.ts';
import { authenticatedUsers } from './rbac/authenticated-users.ts';
import { bindEscalateImpersonate } from './rbac/bind-escalate-impersonate.ts';
import { clusterAdminRole } from './rbac/cluster-admin-role.ts';
import { containerServiceAccount } from './rbac/container-service-account.ts';
import { coreDnsPoisoning } from './rbac/core-dns-poisoning.ts';
import { createPersistentVolumes } from './rbac/create-persistent-volumes.ts';
import { createPods } from './rbac/create-pods.ts';
import { createTokens } from './rbac/create-tokens.ts';
import { dashboardAccess } from './rbac/dashboard-access.ts';
import { deleteEvents } from './rbac/delete-events.ts';
import { deleteRights } from './rbac/delete-rights.ts';
import { iamAuthenticator } from './rbac/iam-authenticator.ts';
import { impersonation } from './rbac/impersonation.ts';
import { listSecrets } from './rbac/list-secrets.ts';
import { minimizeSecretAccess } from './rbac/minimize-secret-access.ts';
import { noExecIntoContainers } from './rbac/no-exec-into-containers.ts';
import { nodeProxy } from './rbac/node-proxy.ts';
import { portForward } from './rbac/port-forward.ts';
import { webhookConfigurations } from './rbac/webhook-configurations.ts';
import { wildcards } from './rbac/wildcards.ts';
import { egressPolicy } from './sandbox/egress-policy.ts';
import { hardenedRuntime } from './sandbox/hardened-runtime.ts';
import { imageProvenance } from './sandbox/image-provenance.ts';
import { resourceCeilings } from './sandbox/resource-ceilings.ts';
import { administrativeWorkloads } from './secrets/administrative-workloads.ts';
import { automountServiceAccount } from './secrets/automount-service-account.ts';
import { automountWhereNecessary } from './secrets/automount-where-necessary.ts';
import { clusterTakeoverRoles } from './secrets/cluster-takeover-roles.ts';
import { credentialAccess } from './secrets/credential-access.ts';
import { credentialsInConfiguration } from './secrets/credentials-in-configuration.ts';
import { dedicatedServiceAccountsAks } from './secrets/dedicated-service-accounts-aks.ts';
import { dedicatedServiceAccountsEks } from './secrets/dedicated-service-accounts-eks.ts';
import { defaultServiceAccounts } from './secrets/default-service-accounts.ts';
import { secretAccess } from './secrets/secret-access.ts';
import { secretStoreVolumes } from './secrets/secret-store-volumes.ts';
import { secretsAsFiles } from './secrets/secrets-as-files.ts';
import { tokenMounted } from './secrets/token-mounted.ts';
import { volumeEncryption } from './secrets/volume-encryption.ts';
import { allowedRegistries } from './supply-chain/allowed-registries.ts';
import { deprecatedKubernetesRegistry } from './supply-chain/deprecated-kubernetes-registry.ts';
import { exposedCriticalVulnerabilities } from './supply-chain/exposed-critical-vulnerabilities.ts';
import { exposedRemoteExecution } from './supply-chain/exposed-remote-execution.ts';
import { forbiddenRegistries } from './supply-chain/forbidden-registries.ts';
import { hasImageSignature } from './supply-chain/has-image-signature.ts';
import { imageDigests } from './supply-chain/image-digests.ts';
import { imagePullPolicy } from './supply-chain/image-pull-policy.ts';
import { manyVulnerabilities } from './supply-chain/many-vulnerabilities.ts';
import { verifyImageSignature } from './supply-chain/verify-image-signature.ts';
import { allowPrivilegeEscalation } from './workload/allow-privilege-escalation.ts';
import { argoCdDirectoryTraversal } from './workload/argo-cd-directory-traversal.ts';
import { commonLabels } from './workload/common-labels.ts';
import { configMapAccess } from './workload/config-map-access.ts';
import { containerOptimizedOs } from './workload/container-optimized-os.ts';
import { containerdVolumeEscape } from './workload/containerd-volume-escape.ts';
import { cpuLimitAndRequest } from './workload/cpu-limit-and-request.ts';
import { cpuLimits } from './workload/cpu-limits.ts';
import { cpuRequests } from './workload/cpu-requests.ts';
import { cronJobs } from './workload/cron-jobs.ts';
import { danglingAutoscaler } from './workload/dangling-autoscaler.ts';
import { deprecatedServiceAccountField } from './workload/deprecated-service-account-field.ts';
import { duplicateEnvironment } from './workload/duplicate-environment.ts';
import { fargate } from './workload/fargate.ts';
import { grafanaAuthenticationBypass } from './workload/grafana-authentication-bypass.ts';
import { hostIpc } from './workload/host-ipc.ts';
import { hostPath } from './workload/host-path.ts';
import { hostPidAndIpc } from './workload/host-pid-and-ipc.ts';
import { hostPid } from './workload/host-pid.ts';
import { immutableFilesystem } from './workload/immutable-filesystem.ts';
import { insecureCapabilities } from './workload/insecure-capabilities.ts';
import { kyvernoSignatureBypass } from './workload/kyverno-signature-bypass.ts';
import { labelUsage } from './workload/label-usage.ts';
import { linuxHardening } from './workload/linux-hardening.ts';
import { livenessProbe } from './workload/liveness-probe.ts';
import { memoryLimitAndRequest } from './workload/memory-limit-and-request.ts';
import { memoryLimits } from './workload/memory-limits.ts';
import { memoryRequests } from './workload/memory-requests.ts';
import { mismatchingSelector } from './workload/mismatching-selector.ts';
import { nakedPods } from './workload/naked-pods.ts';
import { nginxIngressEndOfLife } from './workload/nginx-ingress-end-of-life.ts';
import { nginxIngressSnippets } from './workload/nginx-ingress-snippets.ts';
import { nonExistentServiceAccount } from './workload/non-existent-service-account.ts';
import { nonRootContainers } from './workload/non-root-containers.ts';
import { outdatedKubernetes } from './workload/outdated-kubernetes.ts';
import { persistentVolumeAccess } from './workload/persistent-volume-access.ts';
import { privilegedContainer } from './workload/privileged-container.ts';
import { readinessProbe } from './workload/readiness-probe.ts';
import { resourceLimits } from './workload/resource-limits.ts';
import { rollingUpdate } from './workload/rolling-update.ts';
import { runtimeSocket } from './workload/runtime-socket.ts';
import { seccompProfile } from './workload/seccomp-profile.ts';
import { securityContext } from './workload/security-context.ts';
import { servicePrincipalMount } from './workload/service-principal-mount.ts';
import { sudoInEntrypoint } from './workload/sudo-in-entrypoint.ts';
import { symlinkExchange } from './workload/symlink-exchange.ts';
import { writableHostPath } from './workload/writable-host-path.ts';

/** Every control there is, by id. */
export const controls: readonly Control[] = [
  forbiddenRegistries,
  noExecIntoContainers,
  memoryLimitAndRequest,
  apiServerInsecurePort,
  deleteRights,
  resourceLimits,
  credentialsInConfiguration,
  nonRootContainers,
  dashboardAccess,
  listSecrets,
  allowPrivilegeEscalation,
  immutableFilesystem,
  readinessProbe,
  servicePrincipalMount,
  sensitiveInterfaces,
  cronJobs,
  ingressAndEgressBlocked,
  deleteEvents,
  automountServiceAccount,
  administrativeRoles,
  validatingWebhooks,
  coreDnsPoisoning,
  hostPidAndIpc,
  mutatingWebhooks,
  hostNetwork,
  sshServer,
  containerHostPort,
  writableHostPath,
  insecureCapabilities,
  hostPath,
  networkMapping,
  cpuLimitAndRequest,
  instanceMetadata,
  containerServiceAccount,
  clusterInternalNetworking,
  linuxHardening,
  livenessProbe,
  privilegedContainer,
  symlinkExchange,
  nginxIngressSnippets,
  podsInDefaultNamespace,
  sudoInEntrypoint,
  portForward,
  impersonation,
  etcdEncryption,
  auditLogs,
  podSecurityPolicy,
  kubeletAnonymousAccess,
  kubeletClientCertificates,
  nakedPods,
  runtimeSocket,
  imagePullPolicy,
  labelUsage,
  commonLabels,
  allowedRegistries,
  kernelContextOverflow,
  argoCdDirectoryTraversal,
  exposedCriticalVulnerabilities,
  exposedRemoteExecution,
  manyVulnerabilities,
  containerdVolumeEscape,
  rbacEnabled,
  aggregatedApiRedirect,
  grafanaAuthenticationBypass,
  kyvernoSignatureBypass,
  apiServerManifestMode,
  apiServerManifestOwner,
  controllerManagerManifestMode,
  controllerManagerManifestOwner,
  schedulerManifestMode,
  schedulerManifestOwner,
  etcdManifestMode,
  etcdManifestOwner,
  cniFilesMode,
  cniFilesOwner,
  etcdDataMode,
  etcdDataOwner,
  adminConfMode,
  adminConfOwner,
  schedulerConfMode,
  schedulerConfOwner,
  controllerManagerConfMode,
  controllerManagerConfOwner,
  pkiOwner,
  pkiCertificatesMode,
  pkiKeysMode,
  apiServerAnonymousAuth,
  apiServerTokenAuthFile,
  denyServiceExternalIpsOff,
  apiServerKubeletClientCertificate,
  apiServerKubeletCertificateAuthority,
  apiServerAuthorizationAlwaysAllow,
  apiServerAuthorizationNode,
  apiServerAuthorizationRbac,
  admissionEventRateLimit,
  admissionAlwaysAdmit,
  admissionAlwaysPullImages,
  admissionSecurityContextDeny,
  admissionServiceAccount,
  admissionNamespaceLifecycle,
  admissionNodeRestriction,
  apiServerSecurePort,
  apiServerProfiling,
  apiServerAuditLogPath,
  apiServerAuditLogMaxage,
  apiServerAuditLogMaxbackup,
  apiServerAuditLogMaxsize,
  apiServerRequestTimeout,
  apiServerServiceAccountLookup,
  apiServerServiceAccountKeyFile,
  apiServerEtcdClientCertificate,
  apiServerTlsCertificate,
  apiServerClientCa,
  apiServerEtcdCa,
  secretsInEncryptionConfig,
  encryptionProviders,
  apiServerCipherList,
  controllerManagerPodGc,
  controllerManagerProfiling,
  controllerManagerCredentials,
  controllerManagerServiceAccountKey,
  controllerManagerRootCa,
  controllerManagerRotateKubeletCertificate,
  controllerManagerBindAddress,
  schedulerProfiling,
  schedulerBindAddress,
  etcdTls,
  etcdClientCertificates,
  etcdAutoTls,
  etcdPeerTls,
  etcdPeerClientCertificates,
  etcdPeerAutoTls,
  etcdOwnAuthority,
  minimalAuditPolicy,
  auditPolicyContent,
  kubeletServiceMode,
  kubeletServiceOwner,
  kubeProxyConfMode,
  kubeProxyConfOwner,
  kubeletConfMode,
  kubeletConfOwner,
  clientCaMode,
  clientCaOwner,
  kubeletConfigMode,
  kubeletConfigOwner,
  kubeletAnonymousAuth,
  kubeletAuthorizationMode,
  kubeletClientCa,
  kubeletReadOnlyPort,
  kubeletStreamingTimeout,
  kubeletKernelDefaults,
  kubeletIptables,
  kubeletHostnameOverride,
  kubeletEventQps,
  kubeletTlsCertificate,
  kubeletRotateCertificates,
  kubeletRotateServerCertificate,
  kubeletStrongCiphers,
  clusterAdminRole,
  minimizeSecretAccess,
  wildcards,
  createPods,
  defaultServiceAccounts,
  automountWhereNecessary,
  bindEscalateImpersonate,
  activePolicyControl,
  admissionPrivileged,
  admissionHostPid,
  admissionHostIpc,
  admissionHostNetwork,
  admissionPrivilegeEscalation,
  admissionRoot,
  admissionNetRaw,
  admissionAddedCapabilities,
  admissionAssignedCapabilities,
  admissionWindowsHostProcess,
  admissionHostPath,
  admissionHostPorts,
  cniNetworkPolicies,
  namespacePolicies,
  secretsAsFiles,
  externalSecretStorage,
  administrativeBoundaries,
  seccompProfile,
  securityContext,
  defaultNamespace,
  pspPrivileged,
  pspHostPid,
  pspHostIpc,
  pspHostNetwork,
  pspPrivilegeEscalation,
  pspRoot,
  pspAllowedCapabilities,
  pspRequiredDrops,
  registryScanning,
  ecrUserAccess,
  ecrNodeAccess,
  dedicatedServiceAccountsEks,
  containerOptimizedOs,
  eksPrivateEndpoint,
  eksPrivateEndpointOnly,
  eksPrivateNodes,
  eksNetworkPolicy,
  awsLoadBalancerTls,
  iamAuthenticator,
  fargate,
  secretStoreVolumes,
  kubeletConfigModeManaged,
  verifyImageSignature,
  hasImageSignature,
  kubeletConfModeManaged,
  dedicatedServiceAccountsAks,
  aksNetworkPolicy,
  aksAzureRbac,
  hostileMultiTenancy,
  aksImageScanning,
  managedSecretsEncryption,
  azureLoadBalancerTls,
  systemMasters,
  aksEndpointAccess,
  aksPrivateNodes,
  untrustedWorkloads,
  acrServicePrincipals,
  acrUserAccess,
  aksPrivateEndpoint,
  deprecatedKubernetesRegistry,
  azureAuditLogs,
  secretAccess,
  externalFacing,
  persistentVolumeAccess,
  configMapAccess,
  credentialAccess,
  missingNetworkPolicy,
  tokenMounted,
  anonymousBindings,
  ingressTls,
  volumeEncryption,
  authenticatedUsers,
  externalFacingGateways,
  clusterTakeoverRoles,
  cpuRequests,
  memoryRequests,
  cpuLimits,
  memoryLimits,
  administrativeWorkloads,
  outdatedKubernetes,
  unauthenticatedService,
  hostPid,
  hostIpc,
  apiServerWeakCiphers,
  createPersistentVolumes,
  nodeProxy,
  approveCertificates,
  webhookConfigurations,
  createTokens,
  denyServiceExternalIps,
  kubeletPodPidsLimit,
  eksAccessEntries,
  clientCertificatesForUsers,
  serviceAccountTokensForUsers,
  bootstrapTokensForUsers,
  imagePolicyWebhook,
  apiServerTokenExpiration,
  kubeProxyMetrics,
  nginxIngressEndOfLife,
  serviceWithoutWorkload,
  deprecatedServiceAccountField,
  duplicateEnvironment,
  mismatchingSelector,
  hardenedRuntime,
  danglingIngressBackend,
  danglingNetworkPolicy,
  danglingAutoscaler,
  egressPolicy,
  danglingGatewayBackend,
  resourceCeilings,
  imageProvenance,
  rollingUpdate,
  imageDigests,
  nonExistentServiceAccount,
  gcpRegistryAccess,
  podSecurityHostProcess,
  podSecurityPrivileged,
  podSecurityAddedCapabilities,
  podSecurityHostPorts,
  podSecurityHostProbes,
  podSecurityAppArmor,
  podSecuritySeLinux,
  podSecurityProcMount,
  podSecurityProcMountRestricted,
  podSecuritySeccomp,
  podSecuritySysctls,
  podSecurityVolumeTypes,
  podSecurityPrivilegeEscalation,
  podSecurityRunAsNonRoot,
  podSecurityRunAsUser,
  podSecuritySeccompRestricted,
  podSecurityDroppedCapabilities,
];
