import type { Fold } from './ast.ts';
import { CelError, type Fault, isFault, worseFault } from './fault.ts';
import { type Frame, type Scope, type Step, withVariables } from './scope.ts';
import { type CelMap, type CelValue, keyOfValue, type MapKey } from './values.ts';

/** What an iteration costs beside what it evaluates: the loop's condition and its step. */
const costOfIteration = 3;

/** Collects over the items of one range. */
interface Collector {
  /** Takes what the body gave; anything but undefined ends the loop with it. */
  take(value: CelValue | Fault, key: CelValue, item: CelValue): CelValue | Fault | undefined;
  result(): CelValue | Fault;
}

/** A macro that goes through a range, item by item. */
export function planFold(node: Fold, scope: Scope): Step {
  const range = scope.plan(node.range, scope);
  const inner = withVariables(scope, node.vars);
  const [first, second] = node.vars.map((name) => inner.slots.get(name) ?? 0) as [number, number | undefined];
  const where = node.where === undefined ? undefined : scope.plan(node.where, inner);
  const body = scope.plan(node.body, inner);
  return (frame) => {
    const over = range(frame);
    if (isFault(over)) return over;
    const items = itemsOf(over);
    if (items === undefined) return new CelError('no such overload', node.at);
    const isSingleKey = second === undefined && over instanceof Map;
    const collector = collectorOf(node, second !== undefined);
    for (const [key, item] of items) {
      frame.meter.add(costOfIteration);
      frame.locals[first] = second === undefined && !isSingleKey ? item : key;
      if (second !== undefined) frame.locals[second] = item;
      const isIn = chosen(where, frame, node.at);
      if (isIn === false) continue;
      const single = isSingleKey ? key : item;
      const end = collector.take(isIn === true ? body(frame) : isIn, key, single);
      if (end !== undefined) return end;
    }
    return collector.result();
  };
}

function chosen(where: Step | undefined, frame: Frame, at: number): boolean | Fault {
  const value = where?.(frame) ?? true;
  return typeof value === 'boolean' || isFault(value) ? value : new CelError('no such overload', at);
}

/** Places and items of a list, or keys and values of a map. */
function itemsOf(over: CelValue): Iterable<readonly [CelValue, CelValue]> | undefined {
  if (Array.isArray(over)) return (over as readonly CelValue[]).map((item, i) => [BigInt(i), item] as const);
  return over instanceof Map ? (over as CelMap) : undefined;
}

function collectorOf({ macro, at }: Fold, isTwo: boolean): Collector {
  switch (macro) {
    case 'all':
      return quantifier(false, at);
    case 'exists':
      return quantifier(true, at);
    case 'existsOne':
      return counter(at);
    case 'filter':
      return list((value, item) => (value === true ? [item] : []), at, true);
    case 'map':
    case 'transformList':
      return list((value) => [value], at, false);
    case 'transformMap':
      return entries((value, key) => [[key, value]], at);
    case 'transformMapEntry':
      return entries((value) => (value instanceof Map && isTwo ? [...(value as CelMap)] : undefined), at);
  }
}

/** Ends at the first item that decides; until then faults are remembered, and told when none decided. */
function quantifier(deciding: boolean, at: number): Collector {
  let fault: Fault | undefined;
  return {
    take(value) {
      if (value === deciding) return deciding;
      if (isFault(value)) fault = worseFault(fault, value);
      else if (typeof value !== 'boolean') fault = worseFault(fault, new CelError('no such overload', at));
      return undefined;
    },
    result: () => fault ?? !deciding,
  };
}

function counter(at: number): Collector {
  let count = 0;
  return {
    take(value) {
      if (isFault(value)) return value;
      if (typeof value !== 'boolean') return new CelError('no such overload', at);
      if (value) count++;
      return undefined;
    },
    result: () => count === 1,
  };
}

function list(
  added: (value: CelValue, item: CelValue) => readonly CelValue[],
  at: number,
  isTest: boolean,
): Collector {
  const found: CelValue[] = [];
  return {
    take(value, _key, item) {
      if (isFault(value)) return value;
      if (isTest && typeof value !== 'boolean') return new CelError('no such overload', at);
      found.push(...added(value, item));
      return undefined;
    },
    result: () => found,
  };
}

function entries(
  added: (value: CelValue, key: CelValue) => readonly (readonly [CelValue, CelValue])[] | undefined,
  at: number,
): Collector {
  const found = new Map<MapKey, CelValue>();
  return {
    take(value, key) {
      if (isFault(value)) return value;
      const pairs = added(value, key);
      if (pairs === undefined) return new CelError('no such overload', at);
      for (const [name, one] of pairs) {
        const own = keyOfValue(name);
        if (own instanceof CelError) return new CelError(own.message, at);
        if (found.has(own)) return new CelError(`insert failed: key ${String(own)} already exists`, at);
        found.set(own, one);
      }
      return undefined;
    },
    result: () => found,
  };
}
