import type { KubeObject } from '../../model/object.ts';
import type { ClusterView } from '../control.ts';
import { firstLabelOf, isAnyIndexed, labelKey, listIndexed } from '../index-keys.ts';
import { listIn, namespaceOf } from '../namespaces.ts';
import { itemsOf, podOf, workloadKinds } from '../pod-spec.ts';
import { type LabelSelector, selects } from '../selectors.ts';

/** What checks read of a Service's spec. As written by a person: anything may be missing. */
export interface ServiceSpec {
  readonly type?: string;
  readonly selector?: Readonly<Record<string, string>>;
  readonly ports?: readonly {
    readonly name?: string;
    readonly port?: number;
    readonly targetPort?: number | string;
  }[];
}

export function serviceSpecOf(service: KubeObject): ServiceSpec {
  const spec = service['spec'];
  return typeof spec === 'object' && spec !== null ? spec : {};
}

/** The Services that send to the pods of a workload. */
export function servicesOf(view: ClusterView, workload: KubeObject): readonly KubeObject[] {
  const labels = podOf(workload)?.labels ?? {};
  const namespace = namespaceOf(workload);
  return Object.entries(labels).flatMap(([label, value]) =>
    listIndexed(view, 'Service', labelKey(namespace, label, value)).filter((service) =>
      hasLabels(labels, serviceSpecOf(service).selector),
    ),
  );
}

/** Whether any workload of a namespace makes pods that have all of these labels, of which there must be some. */
export function hasPodsWith(view: ClusterView, namespace: string, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return false;
  const keys = Object.entries(wanted).map(([label, value]) => labelKey(namespace, label, value));
  return keys.length > 0 && makersFirst.some((kind) => isAnyIndexed(view, kind, keys));
}

/** Whether `labels` has all of `wanted`, of which there must be some. */
export function hasLabels(labels: Readonly<Record<string, unknown>>, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return false;
  const pairs = Object.entries(wanted);
  return pairs.length > 0 && pairs.every(([label, value]) => labels[label] === value);
}

/** Whether the Service is open beyond the cluster by itself. */
export function isExposed(service: KubeObject): boolean {
  const { type } = serviceSpecOf(service);
  return type === 'NodePort' || type === 'LoadBalancer';
}

/** Whether a selector of pods selects those of any workload of a namespace. */
export function selectsAny(view: ClusterView, namespace: string, selector: LabelSelector): boolean {
  if (itemsOf(selector.matchExpressions).length === 0)
    return hasPodsWith(view, namespace, selector.matchLabels);
  const selectsThem = (workload: KubeObject) => selects(selector, podOf(workload)?.labels ?? {});
  const first = firstLabelOf(selector.matchLabels);
  return makersFirst.some((kind) =>
    (first === undefined
      ? listIn(view, kind, namespace)
      : listIndexed(view, kind, labelKey(namespace, ...first))
    ).some(selectsThem),
  );
}

/** What makes many pods is found sooner, and changes less often, than the pods. */
const makersFirst: readonly string[] = [...workloadKinds.filter((kind) => kind !== 'Pod'), 'Pod'];

/** Whether a Service that is not for the cluster alone sends to the workload’s pods. */
export function isOpenToOutside(view: ClusterView, workload: KubeObject): boolean {
  return servicesOf(view, workload).some((service) => {
    const { type } = serviceSpecOf(service);
    return type !== undefined && type !== 'ClusterIP';
  });
}
