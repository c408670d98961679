import type { Call, Expr, Index, ListExpr, Logic, MapExpr, OptMap, Select } from './ast.ts';
import { costOfCall } from './cost.ts';
import { CelError, type Fault, isFault, worseFault } from './fault.ts';
import { planFold } from './planner-fold.ts';
import { CelRecord } from './record.ts';
import { type Scope, type Step, withVariables } from './scope.ts';
import {
  type CelMap,
  CelOptional,
  CelTypeValue,
  type CelValue,
  keyOfValue,
  type MapKey,
  noValue,
  typeNameOf,
} from './values.ts';

/** Turns a checked expression into functions that call each other. */
export function plan(node: Expr, scope: Scope): Step {
  const typeName = scope.checked.typeNames.get(node);
  if (typeName !== undefined) {
    const value = new CelTypeValue(typeName);
    return () => value;
  }
  switch (node.op) {
    case 'literal': {
      const { value } = node;
      return () => value;
    }
    case 'ident':
      return planIdent(node.name, node.at, scope);
    case 'select':
      return planSelect(node, scope);
    case 'index':
      return planIndex(node, scope);
    case 'call':
      return planCall(node, scope);
    case '&&':
    case '||':
      return planLogic(node, scope);
    case '?:': {
      const [test, yes, no] = [node.test, node.yes, node.no].map((part) => plan(part, scope)) as [
        Step,
        Step,
        Step,
      ];
      return (frame) => {
        const chosen = test(frame);
        if (isFault(chosen)) return chosen;
        if (typeof chosen !== 'boolean') return noOverload(node.at);
        return chosen ? yes(frame) : no(frame);
      };
    }
    case 'list':
      return planList(node, scope);
    case 'map':
      return planMap(node, scope);
    case 'fold':
      return planFold(node, scope);
    case 'optMap':
      return planOptMap(node, scope);
  }
}

function planIdent(name: string, at: number, { slots }: Scope): Step {
  const slot = slots.get(name);
  if (slot !== undefined)
    return ({ meter, locals }) => {
      meter.add(1);
      return locals[slot] ?? null;
    };
  return (frame) => {
    frame.meter.add(1);
    const found = frame.variable(name);
    return found === undefined ? new CelError(`no such attribute(s): ${name}`, at) : found;
  };
}

function planSelect({ operand, field, isTest, isOptional, at }: Select, scope: Scope): Step {
  const on = plan(operand, scope);
  if (isTest)
    return (frame) => {
      const value = on(frame);
      if (isFault(value)) return value;
      const inner = value instanceof CelOptional ? value.value : value;
      if (inner === undefined) return false;
      const found = fieldOf(inner, field, at);
      return isFault(found) ? found : found !== undefined;
    };
  return (frame) => {
    const value = on(frame);
    if (isFault(value)) return value;
    frame.meter.add(1);
    if (value instanceof CelOptional || isOptional) {
      const inner = value instanceof CelOptional ? value.value : value;
      const found = inner === undefined ? undefined : fieldOf(inner, field, at);
      if (isFault(found)) return found;
      return found === undefined ? noValue : asOptional(found);
    }
    const found = fieldOf(value, field, at);
    return found === undefined ? new CelError(`no such key: ${field}`, at) : found;
  };
}

/** Undefined where there is no such field. */
function fieldOf(value: CelValue, field: string, at: number): CelValue | Fault | undefined {
  if (value instanceof Map) return (value as CelMap).get(field);
  if (value instanceof CelRecord) return value.field(field);
  return new CelError(`unexpected type '${typeNameOf(value)}' passed to select '${field}'`, at);
}

function asOptional(value: CelValue): CelOptional {
  return value instanceof CelOptional ? value : new CelOptional(value);
}

function planIndex({ operand, index, isOptional, at }: Index, scope: Scope): Step {
  const [on, by] = [plan(operand, scope), plan(index, scope)];
  return (frame) => {
    const value = on(frame);
    if (isFault(value)) return value;
    const key = by(frame);
    if (isFault(key)) return key;
    frame.meter.add(1);
    if (value instanceof CelOptional || isOptional) {
      const inner = value instanceof CelOptional ? value.value : value;
      const found = inner === undefined ? undefined : itemOf(inner, key, at);
      if (isFault(found)) return found;
      return found === undefined ? noValue : asOptional(found);
    }
    const found = itemOf(value, key, at);
    if (found !== undefined) return found;
    const said = typeof key === 'string' ? key : String(keyOfValue(key));
    return new CelError(Array.isArray(value) ? `index out of bounds: ${said}` : `no such key: ${said}`, at);
  };
}

function itemOf(value: CelValue, index: CelValue, at: number): CelValue | Fault | undefined {
  const key = keyOfValue(index);
  if (key instanceof CelError) return new CelError(key.message, at);
  if (value instanceof Map) return (value as CelMap).get(key);
  if (!Array.isArray(value)) return noOverload(at);
  if (typeof key !== 'bigint')
    return new CelError(`unsupported index type '${typeNameOf(index)}' in list`, at);
  return key < 0n ? undefined : (value[Number(key)] as CelValue | undefined);
}

function planCall(node: Call, scope: Scope): Step {
  const { name, target, at } = node;
  const found = scope.checked.calls.get(node);
  const overloads = found?.overloads ?? [];
  const isOn = target !== undefined && found?.isNamespaced !== true;
  const full = isOn || target === undefined ? name : (overloads[0]?.name ?? name);
  const args = (isOn ? [target, ...node.args] : node.args).map((arg) => plan(arg, scope));
  return (frame) => {
    const values: CelValue[] = [];
    let fault: Fault | undefined;
    for (const arg of args) {
      const value = arg(frame);
      if (isFault(value)) fault = worseFault(fault, value);
      else values.push(value);
    }
    if (fault !== undefined) return fault;
    for (const overload of overloads) {
      if (!overload.accepts(values)) continue;
      const result = overload.call(...values);
      frame.meter.add(isFault(result) ? 1 : costOfCall(full, values, result));
      return result instanceof CelError && result.offset === undefined
        ? new CelError(result.message, at)
        : result;
    }
    return noOverload(at);
  };
}

function noOverload(at: number): CelError {
  return new CelError('no such overload', at);
}

/** A side that decides makes up for a fault of the other. */
function planLogic({ op, left, right, at }: Logic, scope: Scope): Step {
  const sides = [plan(left, scope), plan(right, scope)];
  const deciding = op === '||';
  return (frame) => {
    let fault: Fault | undefined;
    for (const side of sides) {
      const value = side(frame);
      if (value === deciding) return deciding;
      if (isFault(value)) fault = worseFault(fault, value);
      else if (typeof value !== 'boolean') fault = worseFault(fault, noOverload(at));
    }
    return fault ?? !deciding;
  };
}

function planList({ items }: ListExpr, scope: Scope): Step {
  const steps = items.map(({ value, isOptional }) => ({ step: plan(value, scope), isOptional }));
  return (frame) => {
    frame.meter.add(10);
    const list: CelValue[] = [];
    for (const { step, isOptional } of steps) {
      const value = step(frame);
      if (isFault(value)) return value;
      const item = isOptional && value instanceof CelOptional ? value.value : value;
      if (item !== undefined) list.push(item);
    }
    return list;
  };
}

function planMap({ entries }: MapExpr, scope: Scope): Step {
  const steps = entries.map(({ key, value, isOptional }) => ({
    key: plan(key, scope),
    value: plan(value, scope),
    isOptional,
    at: key.at,
  }));
  return (frame) => {
    frame.meter.add(30);
    const map = new Map<MapKey, CelValue>();
    for (const { key, value, isOptional, at } of steps) {
      const name = key(frame);
      if (isFault(name)) return name;
      const own = keyOfValue(name);
      if (own instanceof CelError) return new CelError(own.message, at);
      const found = value(frame);
      if (isFault(found)) return found;
      const item = isOptional && found instanceof CelOptional ? found.value : found;
      if (item === undefined) continue;
      if (map.has(own)) return new CelError(`insert failed: key ${String(own)} already exists`, at);
      map.set(own, item);
    }
    return map;
  };
}

function planOptMap({ operand, variable, body, isFlat, at }: OptMap, scope: Scope): Step {
  const on = plan(operand, scope);
  const inner = withVariables(scope, [variable]);
  const slot = inner.slots.get(variable) ?? 0;
  const step = plan(body, inner);
  return (frame) => {
    const value = on(frame);
    if (isFault(value)) return value;
    if (!(value instanceof CelOptional)) return noOverload(at);
    if (value.value === undefined) return noValue;
    frame.locals[slot] = value.value;
    const found = step(frame);
    return isFault(found) || isFlat ? found : new CelOptional(found);
  };
}
