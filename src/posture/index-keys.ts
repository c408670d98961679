import type { KubeObject } from '../model/object.ts';
import type { ClusterView } from './control.ts';
import { namespaceOf } from './namespaces.ts';
import { itemsOf, podOf, workloadKinds } from './pod-spec.ts';

/**
 * Keys by which checks find objects without going through all of a kind: bindings by their subjects, services by what they
 * select, workloads by the labels of their pods. A verdict that asked for a key is judged again only when an object with that
 * key comes, goes or changes.
 */
export function indexKeysOf(object: KubeObject): readonly string[] {
  const keys = keysByKind.get(object.kind);
  return keys === undefined ? [] : keys(object);
}

/** Whether objects of the kind have keys at all. */
export function isIndexed(kind: string): boolean {
  return keysByKind.has(kind);
}

/** Objects of an indexed kind that have the key. */
export function listIndexed(view: ClusterView, kind: string, key: string): readonly KubeObject[] {
  if (view.indexed !== undefined) return view.indexed(kind, key);
  return view.list(kind).filter((object) => indexKeysOf(object).includes(key));
}

/** Whether any object of an indexed kind has all of the keys. */
export function isAnyIndexed(view: ClusterView, kind: string, keys: readonly string[]): boolean {
  if (view.hasIndexed !== undefined) return view.hasIndexed(kind, keys);
  return view.list(kind).some((object) => {
    const own = indexKeysOf(object);
    return keys.length > 0 && keys.every((key) => own.includes(key));
  });
}

/** The key of bindings that name a subject; `namespace` is '' for users and groups. */
export function subjectKey(kind: string, namespace: string, name: string): string {
  return `${kind}|${namespace}|${name}`;
}

/** The key of what has, or selects by, this label in a namespace. */
export function labelKey(namespace: string, label: string, value: unknown): string {
  return `${namespace}|${label}=${String(value)}`;
}

/** The key of what is in a namespace, for kinds of which only that matters: network policies. */
export function placeKey(namespace: string): string {
  return `in ${namespace}`;
}

/** The key of ServiceAccounts of a namespace other than `default`. */
export function ownAccountKey(namespace: string): string {
  return `own ${namespace}`;
}

/** The key of nodes that AWS Fargate makes for one pod each; their names tell. */
export const fargateKey = 'fargate';

/** The key of Services that are load balancers, in all namespaces. */
export const loadBalancerKey = 'type=LoadBalancer';

/** Of several labels the one that stands for a selector: the first by name. */
export function firstLabelOf(selector: unknown): readonly [string, unknown] | undefined {
  if (typeof selector !== 'object' || selector === null || Array.isArray(selector)) return undefined;
  let first: readonly [string, unknown] | undefined;
  for (const entry of Object.entries(selector)) if (first === undefined || entry[0] < first[0]) first = entry;
  return first;
}

const keysByKind: ReadonlyMap<string, (object: KubeObject) => readonly string[]> = new Map([
  ['RoleBinding', subjectKeysOf],
  ['ClusterRoleBinding', subjectKeysOf],
  ['Service', serviceKeysOf],
  ['NetworkPolicy', (policy) => [placeKey(namespaceOf(policy))]],
  ['CiliumNetworkPolicy', (policy) => [placeKey(namespaceOf(policy))]],
  [
    'ServiceAccount',
    (account) => (account.metadata?.name === 'default' ? [] : [ownAccountKey(namespaceOf(account))]),
  ],
  ['Node', ({ metadata }) => (metadata?.name?.startsWith('fargate') ? [fargateKey] : [])],
  ...workloadKinds.map((kind) => [kind, podLabelKeysOf] as const),
]);

function subjectKeysOf(binding: KubeObject): readonly string[] {
  const subjects = itemsOf(
    binding['subjects'] as readonly { kind?: unknown; namespace?: unknown; name?: unknown }[] | undefined,
  );
  return [
    ...new Set(
      subjects.map(({ item: { kind, namespace, name } }) =>
        subjectKey(
          String(kind),
          kind === 'ServiceAccount' && typeof namespace === 'string' ? namespace : '',
          String(name),
        ),
      ),
    ),
  ];
}

function serviceKeysOf(service: KubeObject): readonly string[] {
  const spec = service['spec'] as { selector?: unknown; type?: unknown } | null | undefined;
  const label = firstLabelOf(spec?.selector);
  return [
    ...(label === undefined ? [] : [labelKey(namespaceOf(service), ...label)]),
    ...(spec?.type === 'LoadBalancer' ? [loadBalancerKey] : []),
  ];
}

function podLabelKeysOf(workload: KubeObject): readonly string[] {
  const namespace = namespaceOf(workload);
  return Object.entries(podOf(workload)?.labels ?? {}).map(([label, value]) =>
    labelKey(namespace, label, value),
  );
}
