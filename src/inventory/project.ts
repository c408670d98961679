import { type KubeObject, withheldValue } from '../model/object.ts';

export interface KeepOptions {
  /** Keep the values of ConfigMaps; otherwise only their keys, each with {@link withheldValue}. */
  readonly configMapValues: boolean;
  /** Keep what finding scrape targets needs of `status`: addresses, readiness and phases. It changes more often than the rest. */
  readonly addresses?: boolean;
}

/** Holds a copy of the whole manifest, Secret values included, as text. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

type Fields = Readonly<Record<string, unknown>>;

/**
 * What of an object is kept, and by what two states of it are compared: everything but the book-keeping of the API server
 * (`managedFields`, `resourceVersion`, `generation`), kubectl's copy of the manifest, secret values, and most of `status`,
 * which changes all the time and which no control asks for. Kept of `status`: a Node's `nodeInfo`, the images of a Pod's
 * containers, whether a Namespace is going away, and where a Service or Ingress is exposed.
 */
export function project(object: KubeObject, keep: KeepOptions): KubeObject {
  const { apiVersion, kind, metadata, status, ...rest } = object;
  // Always in this order: members of lists are given their kind late, and are the same objects as those of watches.
  const kept: Record<string, unknown> = { apiVersion, kind, metadata: keptMetadata(metadata), ...rest };
  const keptStatus = statusOf(object.kind, status, keep.addresses ?? false);
  if (keptStatus !== undefined) kept['status'] = keptStatus;
  if (object.kind === 'Secret') withhold(kept, ['data', 'stringData']);
  if (object.kind === 'ConfigMap' && !keep.configMapValues) withhold(kept, ['data', 'binaryData']);
  return kept as KubeObject;
}

function keptMetadata(metadata: KubeObject['metadata']): Fields {
  const {
    managedFields: _f,
    resourceVersion: _v,
    generation: _g,
    selfLink: _l,
    ...kept
  } = metadata as Fields;
  const annotations = kept['annotations'];
  if (!isFields(annotations) || annotations[lastApplied] === undefined) return kept;
  const { [lastApplied]: _copy, ...others } = annotations;
  return { ...kept, annotations: others };
}

function statusOf(kind: string, status: unknown, addresses: boolean): Fields | undefined {
  if (!isFields(status)) return undefined;
  switch (kind) {
    case 'Node':
      return addresses
        ? withConditions(status, pick(status, ['nodeInfo', 'addresses', 'daemonEndpoints']))
        : pick(status, ['nodeInfo']);
    case 'Service':
    case 'Ingress':
      return pick(status, ['loadBalancer']);
    case 'Namespace':
      return pick(status, ['phase']);
    case 'Pod':
      return addresses
        ? withConditions(status, {
            ...podStatus(status, true),
            ...pick(status, ['podIP', 'hostIP', 'phase']),
          })
        : podStatus(status, false);
    default:
      return undefined;
  }
}

/** Conditions without their times, which change with every heartbeat. */
function withConditions(status: Fields, kept: Fields | undefined): Fields | undefined {
  const conditions = Array.isArray(status['conditions'])
    ? status['conditions'].filter(isFields).map((item) => pick(item, ['type', 'status']) ?? {})
    : [];
  return conditions.length === 0 ? kept : { ...kept, conditions };
}

function podStatus(status: Fields, ids: boolean): Fields | undefined {
  const kept: Record<string, unknown> = {};
  for (const field of ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses']) {
    const list = status[field];
    if (Array.isArray(list))
      kept[field] = list
        .filter(isFields)
        .map(
          (item) =>
            pick(item, ids ? ['name', 'image', 'imageID', 'containerID'] : ['name', 'image', 'imageID']) ??
            {},
        );
  }
  return Object.keys(kept).length === 0 ? undefined : kept;
}

function withhold(object: Record<string, unknown>, fields: readonly string[]): void {
  for (const field of fields) {
    const values = object[field];
    if (!isFields(values)) continue;
    object[field] = Object.fromEntries(
      Object.entries(values).map(([key, value]) => [
        key,
        value === '' || value === null ? '' : withheldValue,
      ]),
    );
  }
}

function pick(from: Fields, fields: readonly string[]): Fields | undefined {
  const found = fields.filter((field) => from[field] !== undefined).map((field) => [field, from[field]]);
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
