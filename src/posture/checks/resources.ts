import type { Breach, Check, ControlInputs } from '../control.ts';
import { type ContainerPlace, containersOf, workloadKinds } from '../pod-spec.ts';
import { quantityOf } from './quantity.ts';

export type ResourceList = 'limits' | 'requests';
export type Resource = 'cpu' | 'memory';

/** What a container must say of its resources. */
interface ResourceOptions {
  readonly rule: string;
  readonly resource: Resource;
  readonly lists: readonly ResourceList[];
  /** Also hold what is said against the inputs `cpu_limit_max`, `cpu_limit_min` and so on. */
  readonly isBounded?: true;
}

/** A check that every container says how much of a resource it gets. */
export function resourceCheck({ rule, resource, lists, isBounded }: ResourceOptions): Check {
  return {
    rule,
    kinds: workloadKinds,
    judge(object, { inputs }) {
      return containersOf(object).flatMap((place) =>
        lists.flatMap((list) => {
          const amount = place.container.resources?.[list]?.[resource];
          if (!isSet(amount)) return [missing(place, list, resource)];
          const bounds = isBounded === true ? boundsOf(inputs, `${resource}_${list.slice(0, -1)}`) : [];
          const broken = bounds.find((bound) => isBeyond(amount, bound));
          return broken === undefined ? [] : [beyond(place, list, resource, broken)];
        }),
      );
    },
  };
}

export function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && value !== false;
}

interface Bound {
  readonly side: 'max' | 'min';
  readonly text: string;
}

/** A bound that is no quantity bounds nothing. */
export function isBeyond(amount: unknown, { side, text }: Bound): boolean {
  const given = quantityOf(amount);
  const bound = quantityOf(text);
  if (given === undefined || bound === undefined) return false;
  return side === 'max' ? given > bound : given < bound;
}

function boundsOf(inputs: ControlInputs, name: string): Bound[] {
  return (['max', 'min'] as const).flatMap((side) =>
    (inputs[`${name}_${side}`] ?? []).map((text) => ({ side, text })),
  );
}

function missing({ path, label }: ContainerPlace, list: ResourceList, resource: Resource): Breach {
  return {
    message: `${label} has no ${nameOf(resource)} ${list.slice(0, -1)}`,
    ...(resource === 'cpu' ? { reviewPaths: [] } : {}),
    failedPaths: [],
    fixPaths: [{ path: `${path}.resources.${list}.${resource}`, value: 'YOUR_VALUE' }],
  };
}

function beyond(
  { path, label }: ContainerPlace,
  list: ResourceList,
  resource: Resource,
  bound: Bound,
): Breach {
  const places = [`${path}.resources.${list}.${resource}`];
  const side = bound.side === 'max' ? 'above the most' : 'below the least';
  return {
    message: `${label}: the ${nameOf(resource)} ${list.slice(0, -1)} is ${side} that the inputs allow, ${bound.text}`,
    reviewPaths: places,
    failedPaths: places,
    fixPaths: [],
  };
}

function nameOf(resource: Resource): string {
  return resource === 'cpu' ? 'CPU' : 'memory';
}
