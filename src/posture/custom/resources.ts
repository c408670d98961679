import { groupOf, type KubeObject } from '../../model/object.ts';
import type { ClusterView } from '../control.ts';

/** Kinds of Kubernetes itself with their resources, where the resource does not follow from the kind or the kind is cluster-scoped. */
const known: Readonly<Record<string, { readonly resource?: string; readonly isClusterScoped?: true }>> = {
  Endpoints: { resource: 'endpoints' },
  Namespace: { isClusterScoped: true },
  Node: { isClusterScoped: true },
  PersistentVolume: { isClusterScoped: true },
  ClusterRole: { isClusterScoped: true },
  ClusterRoleBinding: { isClusterScoped: true },
  StorageClass: { isClusterScoped: true },
  IngressClass: { isClusterScoped: true },
  PriorityClass: { isClusterScoped: true },
  RuntimeClass: { isClusterScoped: true },
  CSIDriver: { isClusterScoped: true },
  CSINode: { isClusterScoped: true },
  VolumeAttachment: { isClusterScoped: true },
  APIService: { isClusterScoped: true },
  CertificateSigningRequest: { isClusterScoped: true },
  CustomResourceDefinition: { isClusterScoped: true },
  FlowSchema: { isClusterScoped: true },
  PriorityLevelConfiguration: { isClusterScoped: true },
  PodSecurityPolicy: { isClusterScoped: true },
  ValidatingWebhookConfiguration: { isClusterScoped: true },
  MutatingWebhookConfiguration: { isClusterScoped: true },
  ValidatingAdmissionPolicy: { isClusterScoped: true },
  ValidatingAdmissionPolicyBinding: { isClusterScoped: true },
};

const namespacedKinds = [
  ...[
    'Pod',
    'Deployment',
    'ReplicaSet',
    'ReplicationController',
    'StatefulSet',
    'DaemonSet',
    'Job',
    'CronJob',
  ],
  ...[
    'Service',
    'Endpoints',
    'EndpointSlice',
    'Ingress',
    'NetworkPolicy',
    'ConfigMap',
    'Secret',
    'ServiceAccount',
  ],
  ...['Role', 'RoleBinding', 'PersistentVolumeClaim', 'PodTemplate', 'LimitRange', 'ResourceQuota', 'Lease'],
  ...['HorizontalPodAutoscaler', 'PodDisruptionBudget'],
];

/** The kind of each resource of Kubernetes itself, by the resource's name. */
export const kindOfResource: ReadonlyMap<string, string> = new Map(
  [...namespacedKinds, ...Object.keys(known)].map((kind) => [guessedResource(kind), kind]),
);

/** Whether a kind is one of Kubernetes itself, by its name. */
export function isOwnKind(kind: string): boolean {
  return Object.hasOwn(known, kind) || namespacedKinds.includes(kind);
}

/** What the API server calls the object's kind, and whether it is in namespaces. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  /** `deployments`. */
  readonly name: string;
  readonly isNamespaced: boolean;
}

/**
 * By Kubernetes's own kinds, else by the CustomResourceDefinition when it is among the objects, else as kubectl guesses: the kind in
 * lower case with a plural ending, in a namespace when the object says that it is in one.
 */
export function resourceOf(object: KubeObject, view: ClusterView): Resource {
  const group = groupOf(object.apiVersion);
  const version = object.apiVersion.slice(group === '' ? 0 : group.length + 1);
  const own = known[object.kind];
  if (own !== undefined || namespacedKinds.includes(object.kind))
    return {
      group,
      version,
      name: guessedResource(object.kind),
      isNamespaced: own?.isClusterScoped !== true,
    };
  const defined = definitionOf(group, object.kind, view);
  return {
    group,
    version,
    name: defined?.plural ?? guessedResource(object.kind),
    isNamespaced: defined?.isNamespaced ?? (object.metadata.namespace ?? '') !== '',
  };
}

/** Whether objects of a kind are in namespaces; undefined when nothing here tells. */
export function isNamespacedKind(group: string, kind: string, view: ClusterView): boolean | undefined {
  if (namespacedKinds.includes(kind)) return true;
  return known[kind]?.isClusterScoped === true ? false : definitionOf(group, kind, view)?.isNamespaced;
}

function definitionOf(
  group: string,
  kind: string,
  view: ClusterView,
): { readonly plural: string; readonly isNamespaced: boolean } | undefined {
  for (const { spec } of view.list('CustomResourceDefinition')) {
    const fields = spec as
      | {
          readonly group?: unknown;
          readonly scope?: unknown;
          readonly names?: { readonly kind?: unknown; readonly plural?: unknown };
        }
      | undefined;
    if (fields?.group !== group || fields.names?.kind !== kind || typeof fields.names.plural !== 'string')
      continue;
    return { plural: fields.names.plural, isNamespaced: fields.scope !== 'Cluster' };
  }
  return undefined;
}

/** Source: https://pkg.go.dev/k8s.io/apimachinery/pkg/api/meta#UnsafeGuessKindToResource */
function guessedResource(kind: string): string {
  const own = known[kind]?.resource;
  if (own !== undefined) return own;
  const lower = kind.toLowerCase();
  if (lower.endsWith('s')) return `${lower}es`;
  return lower.endsWith('y') ? `${lower.slice(0, -1)}ies` : `${lower}s`;
}
