import { type KubeObject, keyOf, refOf } from '../../model/object.ts';
import type { ExceptionPolicy, ExceptionScope, PostureException } from './posture-exception.ts';

export const securityExceptionKinds = ['SecurityException', 'ClusterSecurityException'] as const;

interface Spec {
  readonly author?: unknown;
  readonly reason?: unknown;
  readonly expiresAt?: unknown;
  readonly match?: {
    readonly objectSelector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly resources?: readonly {
      readonly apiGroup?: string;
      readonly kind?: string;
      readonly name?: string;
    }[];
  };
  readonly posture?: readonly { readonly controlID?: string; readonly frameworkName?: string }[];
}

/**
 * The exception that a `SecurityException` object stands for, in its namespace, or a `ClusterSecurityException`, anywhere.
 * Undefined for one that says nothing of posture, or is of another shape.
 *
 * Source: Kubescape's custom resources, kubescape.io/v1beta1
 */
export function exceptionOf(object: KubeObject): PostureException | undefined {
  const spec = object['spec'] as Spec | null | undefined;
  if (spec === null || typeof spec !== 'object' || !Array.isArray(spec.posture) || spec.posture.length === 0)
    return undefined;
  const labels = spec.match?.objectSelector?.matchLabels ?? {};
  const place: ExceptionScope = {
    ...(object.kind === 'SecurityException' ? { namespace: escaped(object.metadata.namespace ?? '') } : {}),
    ...(Object.keys(labels).length > 0 ? { labels } : {}),
  };
  const resources = Array.isArray(spec.match?.resources) ? spec.match.resources : [];
  const expiresAtMs = typeof spec.expiresAt === 'string' ? Date.parse(spec.expiresAt) : Number.NaN;
  return {
    name: object.metadata.name,
    scopes:
      resources.length === 0 ? [place] : resources.map((resource) => ({ ...place, ...literal(resource) })),
    policies: spec.posture.map(
      ({ controlID, frameworkName }): ExceptionPolicy => ({
        ...(controlID === undefined ? {} : { controlId: escaped(controlID) }),
        ...(frameworkName === undefined ? {} : { framework: escaped(frameworkName) }),
      }),
    ),
    ...(typeof spec.reason === 'string' ? { reason: spec.reason } : {}),
    ...(typeof spec.author === 'string' ? { owner: spec.author } : {}),
    ...(Number.isNaN(expiresAtMs) ? {} : { expiresAtMs }),
    source: keyOf(refOf(object)),
  };
}

function literal(resource: Readonly<Record<string, string | undefined>>): ExceptionScope {
  const found: Record<string, string> = {};
  for (const key of ['apiGroup', 'kind', 'name']) {
    const text = resource[key];
    if (typeof text === 'string' && text !== '') found[key] = escaped(text);
  }
  return found;
}

/** Names in these objects are names, not patterns. */
function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
