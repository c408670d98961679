import type { KubeObject } from '../model/object.ts';
import type { ClusterView } from './control.ts';
import { isAnyIndexed, placeKey } from './index-keys.ts';
import { listIn, listSelectingIn } from './namespaces.ts';
import { itemsOf, textsOf } from './pod-spec.ts';
import { type LabelSelector, selects, selectsEverything } from './selectors.ts';

/** One rule set of a Cilium policy. Source: https://docs.cilium.io/en/stable/security/policy/ */
interface CiliumSpec {
  readonly endpointSelector?: LabelSelector;
  readonly ingress?: unknown;
  readonly egress?: unknown;
  readonly enableDefaultDeny?: { readonly ingress?: boolean; readonly egress?: boolean };
}

/** Whether any policy limits what goes into or out of pods with these labels in this namespace. */
export function isIsolated(
  view: ClusterView,
  namespace: string,
  labels: Readonly<Record<string, string>>,
): boolean {
  return (
    listSelectingIn(view, 'NetworkPolicy', namespace, labels).some(limitsTraffic) ||
    listIn(view, 'CiliumNetworkPolicy', namespace).some((policy) =>
      specsOf(policy).some((spec) => limits(spec) && selectsEndpoint(spec, namespace, labels)),
    ) ||
    view
      .list('CiliumClusterwideNetworkPolicy')
      .some((policy) =>
        specsOf(policy).some((spec) => limits(spec) && selectsEndpoint(spec, namespace, labels)),
      )
  );
}

/** Whether any policy selects pods with these labels in this namespace, whatever it then says. */
export function isSelected(
  view: ClusterView,
  namespace: string,
  labels: Readonly<Record<string, string>>,
): boolean {
  const selectsThem = (policy: KubeObject) =>
    specsOf(policy).some((spec) => selectsEndpoint(spec, namespace, labels));
  return (
    listSelectingIn(view, 'NetworkPolicy', namespace, labels).length > 0 ||
    listIn(view, 'CiliumNetworkPolicy', namespace).some(selectsThem) ||
    view.list('CiliumClusterwideNetworkPolicy').some(selectsThem)
  );
}

/** Whether a namespace has a policy of its own, or one for the whole cluster covers all of it. */
export function hasPolicy(view: ClusterView, namespace: string): boolean {
  return (
    isAnyIndexed(view, 'NetworkPolicy', [placeKey(namespace)]) ||
    isAnyIndexed(view, 'CiliumNetworkPolicy', [placeKey(namespace)]) ||
    view
      .list('CiliumClusterwideNetworkPolicy')
      .some((policy) => specsOf(policy).some((spec) => limits(spec) && covers(spec, namespace)))
  );
}

/** A policy without `policyTypes` isolates inward, which is what the API server fills in. */
function limitsTraffic(policy: KubeObject): boolean {
  const { policyTypes } = policy['spec'] as { readonly policyTypes?: readonly string[] };
  const types = policyTypes === undefined ? ['Ingress'] : textsOf(policyTypes).map(({ text }) => text);
  return types.includes('Ingress') || types.includes('Egress');
}

function specsOf(policy: KubeObject): readonly CiliumSpec[] {
  const { spec, specs } = policy as { spec?: CiliumSpec; specs?: readonly CiliumSpec[] };
  const one = spec === undefined ? [] : [spec];
  return [...itemsOf(one), ...itemsOf(specs)].map(({ item }) => item);
}

/** Rules in a direction deny the rest of it, unless that was switched off for both. */
function limits({ ingress, egress, enableDefaultDeny }: CiliumSpec): boolean {
  if (enableDefaultDeny?.ingress === false && enableDefaultDeny.egress === false) return false;
  return (ingress ?? egress ?? undefined) !== undefined;
}

/** Cilium's own label of the namespace that an endpoint is in. */
const namespaceLabel = 'io.kubernetes.pod.namespace';

function selectsEndpoint(
  { endpointSelector }: CiliumSpec,
  namespace: string,
  labels: Readonly<Record<string, string>>,
): boolean {
  return selects(withoutSources(endpointSelector), { ...labels, [namespaceLabel]: namespace });
}

function covers({ endpointSelector }: CiliumSpec, namespace: string): boolean {
  const selector = withoutSources(endpointSelector);
  if (selectsEverything(selector)) return true;
  const { matchLabels = {}, matchExpressions } = selector ?? {};
  const isForNamespaceOnly = Object.keys(matchLabels).every((key) => key === namespaceLabel);
  return (
    isForNamespaceOnly && itemsOf(matchExpressions).length === 0 && matchLabels[namespaceLabel] === namespace
  );
}

/**
 * Cilium's keys may name their source, `k8s:app`, `any:app`; those of pods are from Kubernetes anyway. One key asked for
 * with two values is had by nothing.
 */
function withoutSources(selector: LabelSelector | undefined): LabelSelector | undefined {
  if (typeof selector !== 'object' || selector === null) return undefined;
  const bare = (key: string) => key.replace(/^(?:k8s|any):/, '');
  const matchLabels: Record<string, string> = {};
  const matchExpressions = itemsOf(selector.matchExpressions).map(({ item }) => ({
    ...item,
    key: bare(String(item.key)),
  }));
  for (const [written, value] of Object.entries(selector.matchLabels ?? {})) {
    const key = bare(written);
    if (Object.hasOwn(matchLabels, key) && matchLabels[key] !== value) {
      matchExpressions.push({ key, operator: 'In', values: [] });
    }
    matchLabels[key] = value;
  }
  return { matchLabels, matchExpressions };
}
