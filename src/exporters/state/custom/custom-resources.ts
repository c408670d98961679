import type { Family, StateResource } from '../family.ts';
import { isFields } from '../fields.ts';
import type { CustomConfig, CustomGenerator, CustomResource } from './custom-config.ts';
import { addFixed, addLabels, type LabelSet, safe } from './custom-labels.ts';
import { readNumber } from './read-number.ts';
import { readPath } from './read-path.ts';

/** What a kind of custom object becomes. */
export interface CustomKind {
  readonly group: string;
  readonly kind: string;
  readonly resource: StateResource;
}

/** The resources that a configuration describes. */
export function customKinds({ spec }: CustomConfig): readonly CustomKind[] {
  return spec.resources.map((resource) => {
    const { group, version, kind } = resource.groupVersionKind;
    return {
      group,
      kind,
      resource: {
        resource: resource.resourcePlural ?? `${kind.toLowerCase()}s`,
        identity: () => [
          ...['customresource_group', group],
          ...['customresource_kind', kind, 'customresource_version', version],
        ],
        families: resource.metrics.map((generator) => familyOf(resource, generator)),
      },
    };
  });
}

function familyOf(resource: CustomResource, generator: CustomGenerator): Family {
  const { metricNamePrefix: prefix = 'kube_customresource' } = resource;
  const name = prefix === '' ? generator.name : `${prefix}_${generator.name}`;
  return {
    name,
    help: generator.help,
    type: 'gauge',
    emit(object, emit) {
      const labels: LabelSet = {};
      addFixed(labels, resource.commonLabels);
      addLabels(labels, object, resource.labelsFromPath);
      addFixed(labels, generator.commonLabels);
      addLabels(labels, object, generator.labelsFromPath);
      emitEach(generator, name, object, (value, own) =>
        emit(value, ...Object.entries({ ...labels, ...own }).flat()),
      );
    },
  };
}

type EmitLabelled = (value: number, labels: LabelSet) => void;

function emitEach({ each }: CustomGenerator, name: string, object: unknown, emit: EmitLabelled): void {
  const { gauge, stateSet, info } = each;
  switch (each.type.toLowerCase()) {
    case 'gauge':
      if (gauge !== undefined) emitGauge(gauge, object, emit);
      return;
    case 'stateset':
      if (stateSet !== undefined) emitStates(stateSet, name, object, emit);
      return;
    default:
      if (info !== undefined) emitInfo(info, object, emit);
  }
}

type Gauge = NonNullable<CustomGenerator['each']['gauge']>;
type StateSet = NonNullable<CustomGenerator['each']['stateSet']>;
type Info = NonNullable<CustomGenerator['each']['info']>;

function emitGauge(gauge: Gauge, object: unknown, emit: EmitLabelled): void {
  const found = readPath(object, gauge.path);
  const one = (value: unknown, key?: string): void => {
    const number = readNumber(readPath(value, gauge.valueFrom), gauge.nilIsZero);
    if (number !== undefined) emit(number, ownLabels(gauge, value, key));
  };
  if (Array.isArray(found)) for (const member of found) one(member);
  else if (isFields(found) && (gauge.valueFrom.length === 0 || gauge.labelFromKey !== ''))
    for (const [key, member] of Object.entries(found)) one(member, key);
  else one(found);
}

/** A map with `labelFromKey` is a series a member; anything else is one, or one a member of a list. */
function emitInfo(info: Info, object: unknown, emit: EmitLabelled): void {
  const found = readPath(object, info.path);
  if (found === undefined) return;
  if (Array.isArray(found)) for (const member of found) emit(1, ownLabels(info, member));
  else if (isFields(found) && info.labelFromKey !== '')
    for (const [key, member] of Object.entries(found)) emit(1, ownLabels(info, member, key));
  else emit(1, ownLabels(info, found));
}

function emitStates(states: StateSet, name: string, object: unknown, emit: EmitLabelled): void {
  const found = readPath(object, states.path);
  const label = safe(states.labelName === '' ? name : states.labelName);
  for (const member of Array.isArray(found) ? found : [found]) {
    const value = readPath(member, states.valueFrom);
    if (value === undefined || typeof value === 'object') continue;
    const labels = ownLabels({ ...states, labelFromKey: '' }, member);
    for (const state of states.list) emit(String(value) === state ? 1 : 0, { ...labels, [label]: state });
  }
}

function ownLabels(
  { labelFromKey, labelsFromPath }: Pick<Gauge, 'labelFromKey' | 'labelsFromPath'>,
  value: unknown,
  key?: string,
): LabelSet {
  const labels: LabelSet = {};
  if (key !== undefined && labelFromKey !== '') labels[safe(labelFromKey)] = key;
  addLabels(labels, value, labelsFromPath);
  return labels;
}
