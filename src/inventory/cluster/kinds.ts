/** A kind to watch. Group versions are found by discovery, so that old and new clusters both work. */
export interface WatchedKind {
  readonly group: string;
  readonly kind: string;
  /** Only `metadata` is asked for: values never leave the API server. */
  readonly metadataOnly?: boolean;
  /** A cluster may well not have it; not having it is then no problem. */
  readonly optional?: boolean;
  /** What the inventory keeps of what is read: all that it keeps of any object when left out. The rest is for the tap alone. */
  readonly keep?: 'metadata' | 'nothing';
  /** Asked for as tables, so that the type is known although only `metadata` is; see `TableReader`. */
  readonly asTable?: boolean;
}

/** A name for a kind of a group, whatever its version. */
export function nameOfKind({ group, kind }: { readonly group: string; readonly kind: string }): string {
  return `${group}/${kind}`;
}

/** What is watched when nothing else is said: workloads and who owns them, and what relations and most controls ask for. */
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
];

/** Ways into the cluster and policies that few clusters have: for relations, and for controls of networks. */
export const networkKinds: readonly WatchedKind[] = [
  ...['Gateway', 'HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute', 'ReferenceGrant'].map(
    (kind) => ({
      group: 'gateway.networking.k8s.io',
      kind,
      optional: true,
    }),
  ),
  { group: 'networking.istio.io', kind: 'VirtualService', optional: true },
  { group: 'policy.networking.k8s.io', kind: 'AdminNetworkPolicy', optional: true },
  { group: 'policy.networking.k8s.io', kind: 'BaselineAdminNetworkPolicy', optional: true },
  { group: 'crd.projectcalico.org', kind: 'GlobalNetworkPolicy', optional: true },
];

/** Watched where one of the chosen controls judges the kind. Of those that only have to have a place, no more is read than that. */
const judgedKinds: readonly WatchedKind[] = [
  { group: '', kind: 'ReplicationController' },
  { group: '', kind: 'PersistentVolume' },
  { group: '', kind: 'PersistentVolumeClaim', metadataOnly: true },
  { group: '', kind: 'PodTemplate', metadataOnly: true },
  { group: '', kind: 'Endpoints', metadataOnly: true, optional: true },
  { group: 'admissionregistration.k8s.io', kind: 'MutatingWebhookConfiguration' },
  { group: 'admissionregistration.k8s.io', kind: 'ValidatingWebhookConfiguration' },
  { group: 'apiregistration.k8s.io', kind: 'APIService' },
  { group: 'autoscaling', kind: 'HorizontalPodAutoscaler' },
  { group: 'coordination.k8s.io', kind: 'Lease', metadataOnly: true },
  { group: 'discovery.k8s.io', kind: 'EndpointSlice', metadataOnly: true },
  { group: 'policy', kind: 'PodDisruptionBudget', metadataOnly: true },
  { group: 'storage.k8s.io', kind: 'CSIStorageCapacity', metadataOnly: true, optional: true },
  { group: 'extensions.agents.x-k8s.io', kind: 'SandboxTemplate', optional: true },
];

/** Kinds that controls ask for beside the object that they judge. */
const askedKinds: readonly WatchedKind[] = [
  { group: 'storage.k8s.io', kind: 'StorageClass' },
  ...networkKinds,
];

/** Objects that say how to judge: exceptions, and policies that become controls. */
const rulingKinds: readonly WatchedKind[] = [
  { group: 'kubescape.io', kind: 'SecurityException', optional: true },
  { group: 'kubescape.io', kind: 'ClusterSecurityException', optional: true },
  { group: 'admissionregistration.k8s.io', kind: 'ValidatingAdmissionPolicy', optional: true },
  { group: 'admissionregistration.k8s.io', kind: 'ValidatingAdmissionPolicyBinding', optional: true },
];

/**
 * What to watch so that controls which judge or ask for these kinds can be judged. Kinds that are no Kubernetes objects are passed over.
 * Secrets are watched (their metadata) only for controls that need them: whoever may list them may read their values.
 */
export function kindsFor(judged: Iterable<string>): readonly WatchedKind[] {
  const wanted = new Set(judged);
  return [
    ...defaultKinds.filter(({ kind }) => kind !== 'Secret' || wanted.has(kind)),
    ...askedKinds,
    ...rulingKinds,
    ...judgedKinds.filter(({ kind }) => wanted.has(kind)),
  ];
}

/** Watched besides where scrape targets are found by them. */
export const endpointKinds: readonly WatchedKind[] = [
  { group: '', kind: 'Endpoints', optional: true },
  { group: 'discovery.k8s.io', kind: 'EndpointSlice', optional: true },
];

/** Each kind once; one that is wanted whole is not watched for its metadata alone. */
export function mergeKinds(...lists: readonly (readonly WatchedKind[])[]): readonly WatchedKind[] {
  const merged = new Map<string, WatchedKind>();
  for (const one of lists.flat()) {
    const key = `${one.group}/${one.kind}`;
    const known = merged.get(key);
    if (known === undefined) merged.set(key, one);
    else if (known.metadataOnly === true && one.metadataOnly !== true)
      merged.set(key, {
        ...one,
        ...(known.optional === true && one.optional === true ? { optional: true } : {}),
      });
  }
  return [...merged.values()];
}

/**
 * Reads whole what a tap wants to see, without keeping more of it than before. Values of Secrets are not asked for by anybody; what is
 * added for them is their type.
 */
export function withTapped(
  kinds: readonly WatchedKind[],
  tapped: readonly { readonly group: string; readonly kind: string; readonly isOptional?: boolean }[],
): readonly WatchedKind[] {
  const merged = new Map(kinds.map((one) => [`${one.group}/${one.kind}`, one]));
  for (const { group, kind, isOptional } of tapped) {
    const key = `${group}/${kind}`;
    const known = merged.get(key);
    const optional = isOptional === true && known?.optional !== false ? { optional: true } : {};
    if (group === '' && kind === 'Secret')
      merged.set(key, { group, kind, asTable: true, keep: known === undefined ? 'nothing' : 'metadata' });
    else if (known === undefined) merged.set(key, { group, kind, keep: 'nothing', ...optional });
    else if (known.metadataOnly === true) {
      const { metadataOnly: _only, ...rest } = known;
      merged.set(key, { ...rest, keep: 'metadata' });
    }
  }
  return [...merged.values()];
}
