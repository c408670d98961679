import type { KubeObject } from '../model/object.ts';
import type { ClusterView } from './control.ts';
import { type Labels, listSelecting } from './selector-kinds.ts';

/** Where an object is: one that does not say is in `default`, as kubectl would have it. */
export function namespaceOf(object: KubeObject): string {
  return object.metadata?.namespace || 'default';
}

/** Objects of a kind in a namespace; in `default` also those that do not say where they are. */
export function listIn(view: ClusterView, kind: string, namespace: string): readonly KubeObject[] {
  const found = view.list(kind, namespace);
  if (namespace !== 'default') return found;
  const unsaid = view.list(kind, '');
  return unsaid.length === 0 ? found : [...found, ...unsaid];
}

/** Objects of a kind that choose pods with these labels in a namespace; for `default` also those that do not say where they are. */
export function listSelectingIn(
  view: ClusterView,
  kind: string,
  namespace: string,
  labels: Labels,
): readonly KubeObject[] {
  const found = listSelecting(view, kind, namespace, labels);
  return namespace === 'default' ? [...found, ...listSelecting(view, kind, '', labels)] : found;
}

/** The object of a name in a namespace; in `default` also one that does not say where it is. */
export function getIn(
  view: ClusterView,
  kind: string,
  namespace: string,
  name: string,
): KubeObject | undefined {
  const found = view.get(kind, namespace, name);
  return found ?? (namespace === 'default' ? view.get(kind, '', name) : undefined);
}
