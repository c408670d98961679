import type { KubeObject } from '../../src/model/object.ts';
import type { KubeCluster } from '../../test/cluster/support/kube-cluster.ts';

type Fields = Record<string, unknown>;

/** Where objects of a kind are made. */
const places: Readonly<Record<string, string>> = {
  Namespace: '/api/v1/namespaces',
  Node: '/api/v1/nodes',
  Pod: '/api/v1/pods',
  Service: '/api/v1/services',
  ServiceAccount: '/api/v1/serviceaccounts',
  ConfigMap: '/api/v1/configmaps',
  Secret: '/api/v1/secrets',
  Deployment: '/apis/apps/v1/deployments',
  ReplicaSet: '/apis/apps/v1/replicasets',
  DaemonSet: '/apis/apps/v1/daemonsets',
  StatefulSet: '/apis/apps/v1/statefulsets',
  Job: '/apis/batch/v1/jobs',
  CronJob: '/apis/batch/v1/cronjobs',
  Ingress: '/apis/networking.k8s.io/v1/ingresses',
  NetworkPolicy: '/apis/networking.k8s.io/v1/networkpolicies',
  Role: '/apis/rbac.authorization.k8s.io/v1/roles',
  RoleBinding: '/apis/rbac.authorization.k8s.io/v1/rolebindings',
  ClusterRole: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  ClusterRoleBinding: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
};

/** Where one object is made. */
export function placeOf({ kind, metadata: { namespace } }: KubeObject): string {
  const place = places[kind];
  if (place === undefined) throw new Error(`where is ${kind} made?`);
  if (namespace === undefined) return place;
  const at = place.lastIndexOf('/');
  return `${place.slice(0, at)}/namespaces/${namespace}${place.slice(at)}`;
}

/** How many requests are under way at a time. */
const atOnce = 24;

/**
 * Makes the objects in a real cluster, namespaces first. What stands in them that only the API server may say is taken out.
 *
 * @returns how many were made, and why the first of those that were not was refused
 */
export async function fillCluster(
  cluster: KubeCluster,
  objects: readonly KubeObject[],
): Promise<{ readonly made: number; readonly refusal: string }> {
  let made = 0;
  let refusal = '';
  const make = async (object: KubeObject): Promise<void> => {
    try {
      await cluster.request('POST', placeOf(object), acceptable(object));
      made++;
    } catch (error) {
      if (refusal === '') refusal = String(error);
    }
  };
  const isNamespace = ({ kind }: KubeObject) => kind === 'Namespace';
  for (const object of objects.filter(isNamespace)) await make(object);
  const rest = objects.filter((object) => !isNamespace(object)).values();
  const work = async (): Promise<void> => {
    for (const object of rest) await make(object);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { made, refusal };
}

/** As a client would send it. */
export function acceptable(object: KubeObject): object {
  const { uid: _uid, resourceVersion: _version, creationTimestamp: _created, ...metadata } = object.metadata;
  const { status: _status, ...rest } = object;
  const spec = rest['spec'] as Fields | undefined;
  return { ...rest, metadata, ...(spec === undefined ? {} : { spec: specOf(object.kind, spec) }) };
}

function specOf(kind: string, spec: Fields): Fields {
  if (kind === 'Service') {
    const { clusterIP: _ip, clusterIPs: _ips, ...kept } = spec;
    return kept;
  }
  if (kind === 'Job') return jobSpec(spec);
  if (kind !== 'CronJob') return spec;
  const template = spec['jobTemplate'] as { readonly spec: Fields };
  return { ...spec, jobTemplate: { ...template, spec: jobSpec(template.spec) } };
}

/** What a job runs must come to an end. */
function jobSpec(spec: Fields): Fields {
  const template = spec['template'] as { readonly spec: Fields };
  return { ...spec, template: { ...template, spec: { ...template.spec, restartPolicy: 'OnFailure' } } };
}
