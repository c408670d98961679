import type { ObjectRef } from '../../model/object.ts';
import type { RbacRule } from '../index/rbac.ts';

const reads = ['get', 'list', 'watch'];
const writes = ['create', 'delete', 'deletecollection', 'patch', 'update'];

function rule(verbs: readonly string[], group: string, ...resources: readonly string[]): RbacRule {
  return { verbs, apiGroups: [group], resources, resourceNames: [], nonResourceURLs: [] };
}

/** A resource with its parts of these names: `pods`, `pods/log`. */
function parts(resource: string, ...names: readonly string[]): readonly string[] {
  return [resource, ...names.map((name) => `${resource}/${name}`)];
}

const workloads = ['daemonsets', 'deployments', 'replicasets', 'statefulsets'];
const scaled = workloads.flatMap((kind) => (kind === 'daemonsets' ? [kind] : parts(kind, 'scale')));

const view: readonly RbacRule[] = [
  rule(
    reads,
    '',
    ...['bindings', 'configmaps', 'endpoints', 'events', 'limitranges', 'serviceaccounts'],
    ...parts('namespaces', 'status'),
    ...parts('persistentvolumeclaims', 'status'),
    ...parts('pods', 'log', 'status'),
    ...parts('replicationcontrollers', 'scale', 'status'),
    ...parts('resourcequotas', 'status'),
    ...parts('services', 'status'),
  ),
  rule(reads, 'events.k8s.io', 'events'),
  rule(reads, 'discovery.k8s.io', 'endpointslices'),
  rule(reads, 'apps', 'controllerrevisions', ...scaled, ...workloads.map((kind) => `${kind}/status`)),
  rule(reads, 'autoscaling', ...parts('horizontalpodautoscalers', 'status')),
  rule(reads, 'batch', ...parts('cronjobs', 'status'), ...parts('jobs', 'status')),
  rule(reads, 'policy', ...parts('poddisruptionbudgets', 'status')),
  rule(reads, 'networking.k8s.io', ...parts('ingresses', 'status'), 'networkpolicies'),
  rule(reads, 'resource.k8s.io', ...parts('resourceclaims', 'status'), 'resourceclaimtemplates'),
];

const inPods = ['pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy'];

const edit: readonly RbacRule[] = [
  ...view,
  rule(reads, '', ...inPods, 'secrets', 'services/proxy'),
  rule(['impersonate'], '', 'serviceaccounts'),
  rule(['create'], '', 'pods/eviction', 'serviceaccounts/token'),
  rule(
    writes,
    '',
    ...['pods', ...inPods, 'configmaps', 'events', 'persistentvolumeclaims', 'secrets', 'serviceaccounts'],
    ...parts('replicationcontrollers', 'scale'),
    ...parts('services', 'proxy'),
  ),
  rule(writes, 'events.k8s.io', 'events'),
  rule(writes, 'apps', ...scaled, 'deployments/rollback'),
  rule(writes, 'autoscaling', 'horizontalpodautoscalers'),
  rule(writes, 'batch', 'cronjobs', 'jobs'),
  rule(writes, 'policy', 'poddisruptionbudgets'),
  rule(writes, 'networking.k8s.io', 'ingresses', 'networkpolicies'),
  rule([...reads, ...writes], 'coordination.k8s.io', 'leases'),
  rule(writes, 'resource.k8s.io', 'resourceclaims', 'resourceclaimtemplates'),
];

const admin: readonly RbacRule[] = [
  ...edit,
  rule(['create'], 'authorization.k8s.io', 'localsubjectaccessreviews'),
  rule([...reads, ...writes], 'rbac.authorization.k8s.io', 'rolebindings', 'roles'),
];

/**
 * Roles that every cluster makes by itself and that manifests use without bringing them along, as Kubernetes 1.35 has them.
 *
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles
 */
const wellKnown: ReadonlyMap<string, readonly RbacRule[]> = new Map([
  ['cluster-admin', [{ ...rule(['*'], '*', '*'), nonResourceURLs: ['*'] }]],
  ['admin', admin],
  ['edit', edit],
  ['view', view],
]);

/** What a role allows that is not held, where that is the same in every cluster; undefined for any other. */
export function wellKnownRules({ kind, name }: ObjectRef): readonly RbacRule[] | undefined {
  return kind === 'ClusterRole' ? wellKnown.get(name) : undefined;
}
