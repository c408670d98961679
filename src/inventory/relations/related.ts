import { keyOf, type ObjectRef } from '../../model/object.ts';
import { type Fields, fieldsAt, fieldsList, textOf } from '../index/fields.ts';
import { podPathOf } from '../index/selectors.ts';
import type { ObjectsView } from './objects-view.ts';

/** How one object hangs together with another, as seen from the first. */
export type Relation =
  | 'owned by'
  | 'makes'
  | 'runs as'
  | 'is run as by'
  | 'selected by'
  | 'selects'
  | 'limited by'
  | 'mounts'
  | 'reads'
  | 'pulls with'
  | 'is used by'
  | 'is bound by'
  | 'gives'
  | 'to'
  | 'routes to'
  | 'routed by';

export interface Related {
  readonly relation: Relation;
  readonly object: ObjectRef;
  /** Whether the object is there; what is named and missing is a finding by itself. */
  readonly isHeld: boolean;
}

/** How many relations one object tells of. */
const mostRelated = 1000;

/** What one object hangs together with, directly. */
export function relatedTo(view: ObjectsView, key: string): readonly Related[] {
  const ref = view.ref(key);
  if (ref === undefined) return [];
  const found: Related[] = [];
  const seen = new Set<string>();
  for (const [relation, object] of relationsOf(view, key, ref)) {
    const other = keyOf(object);
    if (seen.has(`${relation} ${other}`) || found.length >= mostRelated) continue;
    seen.add(`${relation} ${other}`);
    found.push({ relation, object, isHeld: view.ref(other) !== undefined });
  }
  return found;
}

type Found = readonly [Relation, ObjectRef];

function* relationsOf(view: ObjectsView, key: string, ref: ObjectRef): Generator<Found> {
  const { owners, selectors } = view.index;
  const owner = owners.owner(key);
  if (owner !== undefined) yield ['owned by', owner];
  yield* named(view, 'makes', owners.owned(key));
  if (podPathOf(ref.kind) !== undefined) yield* podRelations(view, key, ref);
  if (ref.kind === 'Service' || ref.kind === 'NetworkPolicy')
    yield* named(
      view,
      'selects',
      selectors.selected(key).filter((one) => isTopOf(view, one)),
    );
  if (ref.kind === 'Service') yield* routesTo(view, ref);
  if (ref.kind === 'Ingress') yield* ingressServices(view, key, ref);
  if (ref.kind === 'ServiceAccount') yield* accountRelations(view, ref);
  if (ref.kind === 'Role' || ref.kind === 'ClusterRole')
    yield* named(view, 'is bound by', view.index.rbac.bindingsOfRole(key));
  if (ref.kind === 'RoleBinding' || ref.kind === 'ClusterRoleBinding')
    yield* bindingRelations(view, key, ref);
  if (ref.kind === 'Secret' || ref.kind === 'ConfigMap' || ref.kind === 'PersistentVolumeClaim')
    yield* users(view, ref);
}

function* named(view: ObjectsView, relation: Relation, keys: readonly string[]): Generator<Found> {
  for (const key of keys) {
    const ref = view.ref(key);
    if (ref !== undefined) yield [relation, ref];
  }
}

function isTopOf(view: ObjectsView, key: string): boolean {
  const top = view.index.owners.top(key);
  return top === undefined || keyOf(top) === key;
}

function* podRelations(view: ObjectsView, key: string, { namespace }: ObjectRef): Generator<Found> {
  const { selectors, accounts } = view.index;
  const account = accounts.accountOf(key);
  if (account !== undefined) yield ['runs as', core('ServiceAccount', namespace, account)];
  yield* named(view, 'selected by', selectors.selecting(key, 'Service'));
  yield* named(view, 'limited by', selectors.selecting(key, 'NetworkPolicy'));
  yield* usedBy(view, key, namespace);
}

/** Secrets, ConfigMaps and claims that the pods of a workload mount or read. */
function* usedBy(view: ObjectsView, key: string, namespace: string): Generator<Found> {
  const object = view.object(key);
  const path = object === undefined ? undefined : podPathOf(object.kind);
  if (path === undefined) return;
  const spec = fieldsAt(object, ...path, 'spec');
  const found = (relation: Relation, kind: string, name: unknown): readonly Found[] =>
    textOf(name) === '' ? [] : [[relation, core(kind, namespace, textOf(name))]];
  for (const volume of fieldsList(spec['volumes'])) {
    yield* mounted(volume, found);
    for (const source of fieldsList(fieldsAt(volume, 'projected')['sources'])) yield* mounted(source, found);
  }
  const containers = ['initContainers', 'containers'].flatMap((list) => fieldsList(spec[list]));
  for (const container of containers) {
    for (const from of fieldsList(container['envFrom'])) {
      yield* found('reads', 'Secret', fieldsAt(from, 'secretRef')['name']);
      yield* found('reads', 'ConfigMap', fieldsAt(from, 'configMapRef')['name']);
    }
    for (const variable of fieldsList(container['env'])) {
      const from = fieldsAt(variable, 'valueFrom');
      yield* found('reads', 'Secret', fieldsAt(from, 'secretKeyRef')['name']);
      yield* found('reads', 'ConfigMap', fieldsAt(from, 'configMapKeyRef')['name']);
    }
  }
  for (const secret of fieldsList(spec['imagePullSecrets']))
    yield* found('pulls with', 'Secret', secret['name']);
}

function* mounted(
  volume: Fields,
  found: (relation: Relation, kind: string, name: unknown) => readonly Found[],
): Generator<Found> {
  const secret = fieldsAt(volume, 'secret');
  yield* found('mounts', 'Secret', secret['secretName'] ?? secret['name']);
  yield* found('mounts', 'ConfigMap', fieldsAt(volume, 'configMap')['name']);
  yield* found('mounts', 'PersistentVolumeClaim', fieldsAt(volume, 'persistentVolumeClaim')['claimName']);
}

/** Workloads of the namespace that use it; those that another makes are told by that one. */
function* users(view: ObjectsView, ref: ObjectRef): Generator<Found> {
  const wanted = keyOf(ref);
  for (const { key } of view.index.selectors.pods(ref.namespace)) {
    if (!isTopOf(view, key)) continue;
    for (const [, object] of usedBy(view, key, ref.namespace))
      if (keyOf(object) === wanted) yield* named(view, 'is used by', [key]);
  }
}

function* accountRelations(view: ObjectsView, { namespace, name }: ObjectRef): Generator<Found> {
  const workloads = view.index.accounts.workloadsOf(namespace, name);
  yield* named(
    view,
    'is run as by',
    workloads.filter((key) => isTopOf(view, key)),
  );
  for (const { binding, role, subject } of view.index.rbac.grantsOf({
    kind: 'ServiceAccount',
    namespace,
    name,
  })) {
    if (subject.kind === 'ServiceAccount') yield ['is bound by', binding];
    if (subject.kind === 'ServiceAccount') yield ['gives', role];
  }
}

function* bindingRelations(view: ObjectsView, key: string, ref: ObjectRef): Generator<Found> {
  const object = view.object(key);
  const role = fieldsAt(object, 'roleRef');
  const kind = textOf(role['kind']);
  const namespace = kind === 'Role' ? ref.namespace : '';
  yield [
    'gives',
    { group: textOf(role['apiGroup']) || ref.group, kind, namespace, name: textOf(role['name']) },
  ];
  for (const subject of fieldsList(object?.['subjects']))
    if (subject['kind'] === 'ServiceAccount')
      yield [
        'to',
        core('ServiceAccount', textOf(subject['namespace']) || ref.namespace, textOf(subject['name'])),
      ];
}

function* ingressServices(view: ObjectsView, key: string, { namespace }: ObjectRef): Generator<Found> {
  for (const name of servicesOf(view.object(key))) yield ['routes to', core('Service', namespace, name)];
}

function* routesTo(view: ObjectsView, { namespace, name }: ObjectRef): Generator<Found> {
  for (const ingress of view.list('Ingress', namespace)) {
    if (servicesOf(ingress).includes(name))
      yield [
        'routed by',
        { group: 'networking.k8s.io', kind: 'Ingress', namespace, name: ingress.metadata.name },
      ];
  }
}

function servicesOf(ingress: unknown): readonly string[] {
  const spec = fieldsAt(ingress, 'spec');
  const paths = fieldsList(spec['rules']).flatMap((rule) => fieldsList(fieldsAt(rule, 'http')['paths']));
  const backends = [fieldsAt(spec, 'defaultBackend'), ...paths.map((path) => fieldsAt(path, 'backend'))];
  return [...new Set(backends.map((backend) => textOf(fieldsAt(backend, 'service')['name'])))].filter(
    (name) => name !== '',
  );
}

function core(kind: string, namespace: string, name: string): ObjectRef {
  return { group: '', kind, namespace, name };
}
