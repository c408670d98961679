import type { Emit, Family } from './family.ts';
import { at, type Fields, fieldsAt, flagAt, listAt, numberAt, secondsAt, textAt } from './fields.ts';
import { labelsOfKeys } from './label-names.ts';

type EmitFrom = Family['emit'];

export function gauge(name: string, help: string, emit: EmitFrom): Family {
  return { name, help, type: 'gauge', emit };
}

export function counter(name: string, help: string, emit: EmitFrom): Family {
  return { name, help, type: 'counter', emit };
}

/** Always there; 0 where the object does not say. */
export function count(name: string, help: string, ...path: readonly string[]): Family {
  return gauge(name, help, (object, emit) => emit(numberAt(object, ...path) ?? 0));
}

/** There where the object says. */
export function maybe(name: string, help: string, ...path: readonly string[]): Family {
  return gauge(name, help, (object, emit) => emitKnown(emit, numberAt(object, ...path)));
}

/** A time, there where the object says. */
export function time(name: string, help: string, ...path: readonly string[]): Family {
  return gauge(name, help, (object, emit) => emitKnown(emit, secondsAt(object, ...path)));
}

/** A flag as 1 or 0; 0 where the object does not say. */
export function flag(name: string, help: string, ...path: readonly string[]): Family {
  return gauge(name, help, (object, emit) => emit(flagAt(object, ...path) === true ? 1 : 0));
}

/** Always 1. */
export function presence(name: string, help: string): Family {
  return gauge(name, help, (_object, emit) => emit(1));
}

export function created(prefix: string): Family {
  return time(
    `${prefix}_created`,
    'When the object was made, in Unix seconds.',
    'metadata',
    'creationTimestamp',
  );
}

export function deletionTimestamp(prefix: string): Family {
  return time(
    `${prefix}_deletion_timestamp`,
    'When the object is to be gone, in Unix seconds.',
    'metadata',
    'deletionTimestamp',
  );
}

export function generation(prefix: string): Family {
  return count(
    `${prefix}_metadata_generation`,
    'Number of the desired state, which grows with each change of it.',
    'metadata',
    'generation',
  );
}

/** There where the version is a number, as it always is. */
export function resourceVersion(prefix: string): Family {
  const help = 'The version of the object.';
  return gauge(`${prefix}_metadata_resource_version`, help, (object, emit) => {
    const version = textAt(object, 'metadata', 'resourceVersion');
    if (/^\d+$/.test(version)) emit(Number(version));
  });
}

/** Labels and annotations that are allowed; no series at all where none is. */
export function labelsAndAnnotations(prefix: string): readonly Family[] {
  return [labels(prefix), annotations(prefix)];
}

export function labels(prefix: string): Family {
  const help = 'Labels of the object that the configuration lets through.';
  return gauge(`${prefix}_labels`, help, (object, emit, allowed) => {
    if (allowed.labels !== undefined)
      emit(1, ...labelsOfKeys('label', fieldsAt(object, 'metadata', 'labels'), allowed.labels));
  });
}

function annotations(prefix: string): Family {
  const help = 'Annotations of the object that the configuration lets through.';
  return gauge(`${prefix}_annotations`, help, (object, emit, allowed) => {
    if (allowed.annotations !== undefined)
      emit(
        1,
        ...labelsOfKeys('annotation', fieldsAt(object, 'metadata', 'annotations'), allowed.annotations),
      );
  });
}

/** One series an owner; one with empty labels where there is none. */
export function owners(name: string, options: { readonly isControllerLabel: boolean }): Family {
  return gauge(name, 'Who owns the object.', (object, emit) => {
    const all = listAt(object, 'metadata', 'ownerReferences');
    for (const owner of all.length === 0 ? [undefined] : all) {
      const isController = owner === undefined ? '' : String(owner['controller'] === true);
      emit(
        1,
        ...['owner_kind', textAt(owner, 'kind'), 'owner_name', textAt(owner, 'name')],
        ...(options.isControllerLabel ? ['owner_is_controller', isController] : []),
      );
    }
  });
}

/** One series each state, 1 for the one that it is in; none while it is in none. */
export function phase(name: string, help: string, phases: readonly string[]): Family {
  return gauge(name, help, (object, emit) => {
    const now = textAt(object, 'status', 'phase');
    if (now !== '') for (const one of phases) emit(one === now ? 1 : 0, 'phase', one);
  });
}

const statuses = ['True', 'False', 'Unknown'] as const;

/** A condition as three series, `label` being `true`, `false` and `unknown`. */
export function emitCondition(emit: Emit, status: unknown, label: string, ...others: string[]): void {
  for (const one of statuses) emit(one === status ? 1 : 0, ...others, label, one.toLowerCase());
}

/** Each condition of `status.conditions` in its three states. */
export function conditions(name: string, help: string): Family {
  return gauge(name, help, (object, emit) => {
    for (const { type, status } of listAt(object, 'status', 'conditions'))
      emitCondition(emit, status, 'status', 'condition', String(type));
  });
}

export function emitKnown(emit: Emit, value: number | undefined, ...labels: string[]): void {
  if (value !== undefined) emit(value, ...labels);
}

/** The labels that name an object of a namespace, `name` being the label of its own name. */
export function namespaced(name: string): (object: Fields) => readonly string[] {
  return ({ metadata }) => ['namespace', textAt(metadata, 'namespace'), name, textAt(metadata, 'name')];
}

/** As {@link namespaced}, with the object's `uid`. */
export function namespacedWithUid(name: string): (object: Fields) => readonly string[] {
  const identity = namespaced(name);
  return (object) => [...identity(object), 'uid', textAt(at(object, 'metadata'), 'uid')];
}

/** The label that names an object that is in no namespace. */
export function clusterWide(name: string): (object: Fields) => readonly string[] {
  return ({ metadata }) => [name, textAt(metadata, 'name')];
}
