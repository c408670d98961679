import type { KubeObject } from '../model/object.ts';

/** A cluster as its cloud describes it (Kubescape's `ClusterDescribe`). */
export interface CloudConfig {
  readonly provider: 'aks' | 'eks' | 'gke';
  readonly data: unknown;
}

const providers: Readonly<Record<string, CloudConfig['provider']>> = {
  'management.azure.com/v1': 'aks',
  'eks.amazonaws.com/v1': 'eks',
  'container.googleapis.com/v1': 'gke',
};

/** Undefined when it is no description, or of a cloud that is not known. */
export function cloudConfigOf(object: KubeObject): CloudConfig | undefined {
  const provider = providers[object.apiVersion];
  if (object.kind !== 'ClusterDescribe' || provider === undefined) return undefined;
  if (object.metadata?.['provider'] !== provider) return undefined;
  return { provider, data: object['data'] };
}

/** What is at a path of fields, undefined where there is nothing. */
export function dig(object: unknown, ...fields: readonly string[]): unknown {
  let at = object;
  for (const field of fields) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[field];
  }
  return at;
}
