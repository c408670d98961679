import { type KubeObject, withheldValue } from '../../model/object.ts';
import { getIn, namespaceOf } from '../namespaces.ts';
import { CelUnknown, type Fault } from './cel/fault.ts';
import { nobodyAsks } from './cel/library/authorizer.ts';
import { CelRecord } from './cel/record.ts';
import { bool, type CelType, dyn, listOf, mapOf, objectTypes, string } from './cel/types.ts';
import { type CelValue, fromJson } from './cel/values.ts';
import type { Request } from './match.ts';
import { isOwnKind } from './resources.ts';

function record(name: string, fields: Readonly<Record<string, CelType>>): CelType {
  return { kind: 'object', name, fields: new Map(Object.entries(fields)) };
}

function textsRecord(name: string, fields: readonly string[]): CelType {
  return record(name, Object.fromEntries(fields.map((field) => [field, string])));
}

const kindType = textsRecord('kubernetes.GroupVersionKind', ['group', 'version', 'kind']);
const resourceType = textsRecord('kubernetes.GroupVersionResource', ['group', 'version', 'resource']);
const labels = mapOf(string, string);

/** Source: https://kubernetes.io/docs/reference/config-api/apiserver-admission.v1/#admission-k8s-io-v1-AdmissionRequest */
const requestType = record('kubernetes.AdmissionRequest', {
  ...{ kind: kindType, requestKind: kindType, resource: resourceType, requestResource: resourceType },
  ...{ subResource: string, requestSubResource: string, name: string, namespace: string, operation: string },
  userInfo: record('kubernetes.UserInfo', {
    ...{ username: string, uid: string },
    ...{ groups: listOf(string), extra: mapOf(string, listOf(string)) },
  }),
  ...{ dryRun: bool, options: dyn },
});

const namespaceType = record('kubernetes.Namespace', {
  metadata: record('kubernetes.NamespaceMetadata', {
    ...{ name: string, generateName: string, namespace: string, uid: string, resourceVersion: string },
    ...{ generation: { kind: 'int' }, creationTimestamp: { kind: 'timestamp' } },
    ...{ deletionTimestamp: { kind: 'timestamp' }, deletionGracePeriodSeconds: { kind: 'int' } },
    ...{ labels, annotations: labels },
  }),
  spec: record('kubernetes.NamespaceSpec', { finalizers: listOf(string) }),
  status: record('kubernetes.NamespaceStatus', { phase: string }),
});

const authorizerType: CelType = {
  kind: 'object',
  name: objectTypes.Authorizer,
  fields: new Map([['requestResource', { kind: 'object', name: objectTypes.ResourceCheck }]]),
};

/** What expressions of a policy may name, beside `variables`. `authorizer` is not there for texts that are shown. */
export function variableTypes(has: {
  readonly params: boolean;
  readonly authorizer: boolean;
}): Map<string, CelType> {
  return new Map<string, CelType>([
    ['object', dyn],
    ['oldObject', dyn],
    ['request', requestType],
    ['namespaceObject', namespaceType],
    ...(has.params ? ([['params', dyn]] as const) : []),
    ...(has.authorizer ? ([['authorizer', authorizerType]] as const) : []),
  ]);
}

/** Objects are turned over once, however many policies look at them. */
const turned = new WeakMap<KubeObject, CelValue>();

export function celObject(object: KubeObject): CelValue {
  const held = turned.get(object);
  if (held !== undefined) return held;
  // The API server reads its own kinds into their types, where a null is nothing.
  const value = fromJson(object, isOwnKind(object.kind));
  if (object.kind === 'Secret' || object.kind === 'ConfigMap') hideWithheld(value);
  turned.set(object, value);
  return value;
}

/** Nobody can say what a policy makes of a value that is not kept. */
function hideWithheld(object: CelValue): void {
  if (!(object instanceof Map)) return;
  for (const field of ['data', 'stringData', 'binaryData']) {
    const values: unknown = object.get(field);
    if (!(values instanceof Map)) continue;
    for (const [key, value] of values) if (value === withheldValue) values.set(key, notKept);
  }
}

const notKept = new CelUnknown('values of Secrets and ConfigMaps are not kept here');

/** The values of {@link variableTypes} when the object is created. */
export function variableValues(
  request: Request,
  params: KubeObject | undefined,
): (name: string) => CelValue | Fault | undefined {
  const made = new Map<string, CelValue | Fault>();
  const make = (name: string): CelValue | Fault | undefined => {
    switch (name) {
      case 'object':
        return celObject(request.object);
      case 'oldObject':
        return null;
      case 'params':
        return params === undefined ? null : celObject(params);
      case 'request':
        return requestValue(request);
      case 'namespaceObject':
        return namespaceValue(request);
      case 'authorizer':
        return nobodyAsks;
      default:
        return undefined;
    }
  };
  return (name) => {
    const held = made.get(name);
    if (held !== undefined) return held;
    const value = make(name);
    if (value !== undefined) made.set(name, value);
    return value;
  };
}

function requestValue({ object, resource }: Request): CelRecord {
  const { group, version, name, isNamespaced } = resource;
  const kind = fromJson({ group, version, kind: object.kind });
  const asked = fromJson({ group, version, resource: name });
  const fields: Readonly<Record<string, CelValue | Fault>> = {
    ...{ kind, requestKind: kind, resource: asked, requestResource: asked },
    ...{ subResource: '', requestSubResource: '', operation: 'CREATE', dryRun: false },
    name: object.metadata.name,
    namespace: isNamespaced ? namespaceOf(object) : object.kind === 'Namespace' ? object.metadata.name : '',
    ...{ userInfo: nobodyAsks, options: nobodyAsks },
  };
  return new CelRecord('kubernetes.AdmissionRequest', (field) =>
    Object.hasOwn(fields, field) ? fields[field] : undefined,
  );
}

function namespaceValue({ object, resource, view }: Request): CelValue | Fault {
  if (!resource.isNamespaced) return null;
  const name = namespaceOf(object);
  const namespace = getIn(view, 'Namespace', '', name);
  return namespace === undefined
    ? new CelUnknown(`Namespace ${name} is not among the objects here`)
    : celObject(namespace);
}
