/** A kind to watch. Group versions are found by discovery, so that old and new clusters both work. */
export interface WatchedKind {
  readonly group: string;
  readonly kind: string;
  /** Only `metadata` is asked for: values never leave the API server. */
  readonly metadataOnly?: boolean;
  /** A cluster may well not have it; not having it is then no problem. */
  readonly optional?: boolean;
}

/** What the controls of the NSA framework judge or ask for, and what custom controls are made of. */
export const defaultKinds: readonly WatchedKind[] = [
  { group: '', kind: 'Namespace' },
  { group: '', kind: 'Pod' },
  { group: 'apps', kind: 'Deployment' },
  { group: 'apps', kind: 'ReplicaSet' },
  { group: 'apps', kind: 'DaemonSet' },
  { group: 'apps', kind: 'StatefulSet' },
  { group: 'batch', kind: 'Job' },
  { group: 'batch', kind: 'CronJob' },
  { group: '', kind: 'Node' },
  { group: '', kind: 'ServiceAccount' },
  { group: '', kind: 'Service' },
  { group: '', kind: 'ConfigMap' },
  { group: '', kind: 'Secret', metadataOnly: true },
  { group: 'networking.k8s.io', kind: 'Ingress' },
  { group: 'networking.k8s.io', kind: 'NetworkPolicy' },
  { group: 'rbac.authorization.k8s.io', kind: 'Role' },
  { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole' },
  { group: 'rbac.authorization.k8s.io', kind: 'RoleBinding' },
  { group: 'rbac.authorization.k8s.io', kind: 'ClusterRoleBinding' },
  { group: 'cilium.io', kind: 'CiliumNetworkPolicy', optional: true },
  { group: 'cilium.io', kind: 'CiliumClusterwideNetworkPolicy', optional: true },
  { group: 'policy', kind: 'PodSecurityPolicy', optional: true },
  { group: 'admissionregistration.k8s.io', kind: 'ValidatingAdmissionPolicy', optional: true },
  { group: 'admissionregistration.k8s.io', kind: 'ValidatingAdmissionPolicyBinding', optional: true },
];

/** Watched besides where scrape targets are found by them. */
export const endpointKinds: readonly WatchedKind[] = [
  { group: '', kind: 'Endpoints', optional: true },
  { group: 'discovery.k8s.io', kind: 'EndpointSlice', optional: true },
];
