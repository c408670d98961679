import type { KubeObject } from '../model/object.ts';
import type { ClusterView } from './control.ts';
import { type LabelSelector, selects } from './selectors.ts';

export type Labels = Readonly<Record<string, string>>;

/**
 * The selector of an object of a kind that chooses pods by their labels; undefined for one that chooses none, and for
 * other kinds. Several checks ask which of these choose a pod, and only that answer ties the two together.
 */
export function selectorOf(object: KubeObject): LabelSelector | undefined {
  if (!selectorKinds.has(object.kind)) return undefined;
  const spec = object['spec'] as { podSelector?: LabelSelector | null } | null | undefined;
  return spec?.podSelector ?? undefined;
}

/** Kinds that {@link selectorOf} reads. */
export const selectorKinds: ReadonlySet<string> = new Set(['NetworkPolicy']);

/** Objects of one of the {@link selectorKinds} in a namespace that choose pods with these labels. */
export function listSelecting(
  view: ClusterView,
  kind: string,
  namespace: string,
  labels: Labels,
): readonly KubeObject[] {
  if (view.selecting !== undefined) return view.selecting(kind, namespace, labels);
  return view.list(kind, namespace).filter((object) => selects(selectorOf(object), labels));
}
