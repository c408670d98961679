import type { KubeObject } from '../../model/object.ts';

export type Mutable = Record<string, string>;
export type Fields = Readonly<Record<string, unknown>>;

/** How labels of Kubernetes discovery start. */
export const meta = '__meta_kubernetes_';

/** Looks another object up; whoever gives this remembers what was asked, so that a change of it is noticed. */
export type Lookup = (kind: string, namespace: string, name: string) => KubeObject | undefined;

/** What about other objects is put on targets. */
export interface Attached {
  readonly node: boolean;
  readonly namespace: boolean;
  readonly deployment: boolean;
  readonly job: boolean;
  readonly cronjob: boolean;
}

/** Labels' characters: all others become underscores. */
export function sanitized(name: string): string {
  return name.replace(/[^a-zA-Z0-9_]/g, '_');
}

/** Name (unless `isNamed` is false), labels and annotations of an object, as `__meta_kubernetes_<role>_…`. */
export function objectLabels(object: KubeObject, role: string): Mutable {
  return { [`${meta}${role}_name`]: object.metadata.name, ...annotationLabels(object, role) };
}

export function annotationLabels(object: KubeObject, role: string): Mutable {
  const labels: Mutable = {};
  for (const [name, value] of Object.entries(object.metadata.labels ?? {})) {
    labels[`${meta}${role}_label_${sanitized(name)}`] = String(value);
    labels[`${meta}${role}_labelpresent_${sanitized(name)}`] = 'true';
  }
  for (const [name, value] of Object.entries(object.metadata.annotations ?? {})) {
    labels[`${meta}${role}_annotation_${sanitized(name)}`] = String(value);
    labels[`${meta}${role}_annotationpresent_${sanitized(name)}`] = 'true';
  }
  return labels;
}

/** The namespace of an object, with its own labels where they are wanted. */
export function namespaceLabels(object: KubeObject, attached: Attached, lookup: Lookup): Mutable {
  const namespace = object.metadata.namespace ?? 'default';
  const labels: Mutable = { [`${meta}namespace`]: namespace };
  if (!attached.namespace) return labels;
  const found = lookup('Namespace', '', namespace);
  return found === undefined ? labels : { ...labels, ...annotationLabels(found, 'namespace') };
}

/** What is known of a node, for targets that run on it. */
export function attachedNode(name: string, lookup: Lookup): Mutable {
  const node = name === '' ? undefined : lookup('Node', '', name);
  return node === undefined ? {} : objectLabels(node, 'node');
}

/** `10.0.0.1:80`, `[fd00::1]:80`. */
export function joinHostPort(host: string, port: number | string): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fields) : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}

/** Leaves out what is empty, which is the same as not there. */
export function withoutEmpty(labels: Mutable): Mutable {
  for (const name of Object.keys(labels)) if (labels[name] === '') delete labels[name];
  return labels;
}
