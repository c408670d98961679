import { messageOf } from '../../../kit/app-error.ts';
import { safeRegex } from '../../../kit/regex.ts';
import type {
  Call,
  Conditional,
  Expr,
  Fold,
  Index,
  ListExpr,
  Logic,
  MapExpr,
  OptMap,
  Select,
} from './ast.ts';
import { CelCompileError, type Issue } from './compile-error.ts';
import { CelError } from './fault.ts';
import type { Overload } from './functions.ts';
import { clausesOf, typesOfClause } from './library/format-text.ts';
import { library } from './library/index.ts';
import { parseDuration, parseTimestamp } from './library/time.ts';
import {
  assignable,
  type Bindings,
  bool,
  type CelType,
  closed,
  dyn,
  formatType,
  int,
  listOf,
  mapOf,
  objectTypes,
  optionalOf,
  parseTypes,
  resolve,
  sameType,
} from './types.ts';
import { typeNameOf } from './values.ts';

/** What the checker found out, for the planner. */
export interface Checked {
  readonly type: CelType;
  /** What may be called, by call; `isNamespaced` when the target is part of the function's name. */
  readonly calls: ReadonlyMap<
    Call,
    { readonly overloads: readonly Overload[]; readonly isNamespaced: boolean }
  >;
  /** Names of types that stand for themselves, by the node that is the whole name. */
  readonly typeNames: ReadonlyMap<Expr, string>;
}

/**
 * Finds the type of an expression, and which functions its calls may mean.
 *
 * Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#gradual-type-checking
 *
 * @throws {CelCompileError} with everything that is wrong.
 */
export function check(text: string, expr: Expr, variables: ReadonlyMap<string, CelType>): Checked {
  const checker = new Checker(variables);
  const type = checker.typeOf(expr);
  if (checker.issues.length > 0) throw new CelCompileError(text, checker.issues);
  return { type: closed(type, checker.bindings), calls: checker.calls, typeNames: checker.typeNames };
}

const typeNames: ReadonlySet<string> = new Set([
  ...'bool bytes double int list map null_type string type uint optional_type'.split(' '),
  'google.protobuf.Duration',
  'google.protobuf.Timestamp',
  ...Object.values(objectTypes),
]);

const indexing = ['list(A), int -> A', 'map(A, B), A -> B'].map((signature) => {
  const [params = '', result = ''] = signature.split('->');
  return { params: parseTypes(params), result: parseTypes(result)[0] ?? dyn };
});

class Checker {
  readonly issues: Issue[] = [];
  readonly bindings: Bindings = new Map();
  readonly calls = new Map<Call, { overloads: readonly Overload[]; isNamespaced: boolean }>();
  readonly typeNames = new Map<Expr, string>();
  readonly #scopes: ReadonlyMap<string, CelType>[];
  #fresh = 0;
  /** How many calls of `format` the node is an argument of: their lists may mix types, all others may not. */
  #formatting = 0;

  constructor(variables: ReadonlyMap<string, CelType>) {
    this.#scopes = [variables];
  }

  typeOf(node: Expr): CelType {
    switch (node.op) {
      case 'literal':
        return { kind: literalKind(typeNameOf(node.value)) };
      case 'ident':
        return this.#ident(node.name, node);
      case 'select':
        return this.#select(node);
      case 'index':
        return this.#index(node);
      case 'call':
        return this.#call(node);
      case '&&':
      case '||':
        return this.#logic(node);
      case '?:':
        return this.#conditional(node);
      case 'list':
        return this.#list(node);
      case 'map':
        return this.#map(node);
      case 'fold':
        return this.#fold(node);
      case 'optMap':
        return this.#optMap(node);
    }
  }

  #say(at: number, message: string): CelType {
    this.issues.push({ message, at });
    return dyn;
  }

  #named(type: CelType): string {
    return formatType(closed(type, this.bindings));
  }

  #lookup(name: string): CelType | undefined {
    for (const scope of this.#scopes.toReversed()) {
      const found = scope.get(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #ident(name: string, node: Expr): CelType {
    const found = this.#lookup(name);
    if (found !== undefined) return found;
    if (!typeNames.has(name))
      return this.#say(node.at, `undeclared reference to '${name}' (in container '')`);
    this.typeNames.set(node, name);
    return { kind: 'type', item: dyn };
  }

  #select(node: Select): CelType {
    const name = qualified(node);
    const [root = ''] = name?.split('.') ?? [];
    if (name !== undefined && typeNames.has(name) && this.#lookup(root) === undefined) {
      this.typeNames.set(node, name);
      return { kind: 'type', item: dyn };
    }
    const operand = resolve(this.typeOf(node.operand), this.bindings);
    const isOptional = operand.kind === 'optional';
    const found = this.#field(isOptional ? resolve(operand.item, this.bindings) : operand, node);
    if (node.isTest) return bool;
    return isOptional || node.isOptional ? optionalOf(found) : found;
  }

  #field(operand: CelType, { field, at }: Select): CelType {
    if (operand.kind === 'dyn' || operand.kind === 'param') return dyn;
    if (operand.kind === 'map') return operand.value;
    if (operand.kind !== 'object' || operand.fields === undefined)
      return this.#say(at, `type '${this.#named(operand)}' does not support field selection`);
    return operand.fields.get(field) ?? this.#say(at, `undefined field '${field}'`);
  }

  #index(node: Index): CelType {
    const operand = resolve(this.typeOf(node.operand), this.bindings);
    const index = this.typeOf(node.index);
    const isOptional = operand.kind === 'optional';
    const container = isOptional ? resolve(operand.item, this.bindings) : operand;
    const found = this.#itemOf(container, index, node.at);
    return isOptional || node.isOptional ? optionalOf(found) : found;
  }

  #itemOf(container: CelType, index: CelType, at: number): CelType {
    if (container.kind === 'dyn' || container.kind === 'param') return dyn;
    for (const { params, result } of indexing) {
      const rename = this.#renamer();
      const trial = new Map(this.bindings);
      const [on = dyn, by = dyn] = params.map(rename);
      if (!assignable(on, container, trial) || !assignable(by, index, trial)) continue;
      this.#commit(trial);
      return resolve(rename(result), this.bindings);
    }
    return this.#say(
      at,
      noOverload(
        '_[_]',
        [container, index].map((type) => this.#named(type)),
      ),
    );
  }

  #logic({ op, left, right, at }: Logic): CelType {
    const types = [this.typeOf(left), this.typeOf(right)];
    if (types.every((type) => assignable(bool, type, this.bindings))) return bool;
    return this.#say(
      at,
      noOverload(
        `_${op}_`,
        types.map((type) => this.#named(type)),
      ),
    );
  }

  #conditional({ test, yes, no, at }: Conditional): CelType {
    const types = [this.typeOf(test), this.typeOf(yes), this.typeOf(no)] as const;
    const [condition, a, b] = types;
    if (!assignable(bool, condition, this.bindings) || !assignable(a, b, this.bindings))
      return this.#say(
        at,
        noOverload(
          '_?_:_',
          types.map((type) => this.#named(type)),
        ),
      );
    return this.#general(a, b);
  }

  /** Of two types that go together the one that says less. */
  #general(a: CelType, b: CelType): CelType {
    const [left, right] = [resolve(a, this.bindings), resolve(b, this.bindings)];
    if (left.kind === 'dyn' || right.kind === 'dyn') return dyn;
    return left.kind === 'null_type' ? right : left;
  }

  #joined(types: readonly { readonly type: CelType; readonly at: number }[]): CelType {
    let joined: CelType | undefined;
    for (const { type, at } of types) {
      if (joined === undefined) joined = type;
      else if (assignable(joined, type, this.bindings) || assignable(type, joined, this.bindings))
        joined = this.#general(joined, type);
      else if (this.#formatting > 0) joined = dyn;
      else this.#say(at, `expected type '${this.#named(joined)}' but found '${this.#named(type)}'`);
    }
    return joined ?? { kind: 'param', name: `E#${this.#fresh++}` };
  }

  #list({ items }: ListExpr): CelType {
    return listOf(
      this.#joined(
        items.map(({ value, isOptional }) => ({ type: this.#value(value, isOptional), at: value.at })),
      ),
    );
  }

  #map({ entries }: MapExpr): CelType {
    const keys = entries.map(({ key }) => ({ type: this.typeOf(key), at: key.at }));
    const values = entries.map(({ value, isOptional }) => ({
      type: this.#value(value, isOptional),
      at: value.at,
    }));
    return mapOf(this.#joined(keys), this.#joined(values));
  }

  /** A value of a literal; with `?` what an optional holds. */
  #value(node: Expr, isOptional: boolean): CelType {
    const type = resolve(this.typeOf(node), this.bindings);
    if (!isOptional || type.kind === 'dyn') return type;
    if (type.kind === 'optional') return type.item;
    return this.#say(node.at, `expected type 'optional_type(dyn)' but found '${this.#named(type)}'`);
  }

  #within<Found>(scope: ReadonlyMap<string, CelType>, work: () => Found): Found {
    this.#scopes.push(scope);
    const found = work();
    this.#scopes.pop();
    return found;
  }

  #fold(node: Fold): CelType {
    const range = resolve(this.typeOf(node.range), this.bindings);
    const [key, item] = this.#rangeTypes(range, node.range.at);
    const [first, second] = node.vars;
    const single = range.kind === 'map' ? key : item;
    const scope = new Map(
      second === undefined
        ? [[first, single]]
        : [
            [first, key],
            [second, item],
          ],
    );
    return this.#within(scope, () => {
      if (node.where !== undefined) this.#mustBeBool(node.where);
      if (['all', 'exists', 'existsOne', 'filter'].includes(node.macro)) {
        this.#mustBeBool(node.body);
        return node.macro === 'filter' ? listOf(single) : bool;
      }
      const body = resolve(this.typeOf(node.body), this.bindings);
      if (node.macro === 'transformMap') return mapOf(key, body);
      if (node.macro !== 'transformMapEntry') return listOf(body);
      if (body.kind === 'map' || body.kind === 'dyn') return body;
      return this.#say(node.body.at, `expected type 'map(dyn, dyn)' but found '${this.#named(body)}'`);
    });
  }

  #rangeTypes(range: CelType, at: number): readonly [key: CelType, item: CelType] {
    if (range.kind === 'list') return [int, range.item];
    if (range.kind === 'map') return [range.key, range.value];
    if (range.kind !== 'dyn' && range.kind !== 'param')
      this.#say(
        at,
        `expression of type '${this.#named(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`,
      );
    return [dyn, dyn];
  }

  #mustBeBool(node: Expr): void {
    const type = this.typeOf(node);
    if (!assignable(bool, type, this.bindings))
      this.#say(node.at, `expected type 'bool' but found '${this.#named(type)}'`);
  }

  #optMap({ operand, variable, body, isFlat, at }: OptMap): CelType {
    const type = resolve(this.typeOf(operand), this.bindings);
    if (type.kind !== 'optional' && type.kind !== 'dyn')
      return this.#say(at, noOverload(isFlat ? 'optFlatMap' : 'optMap', [this.#named(type)]));
    const item = type.kind === 'optional' ? type.item : dyn;
    const found = this.#within(new Map([[variable, item]]), () => this.typeOf(body));
    return isFlat ? found : optionalOf(found);
  }

  #call(node: Call): CelType {
    const { name, target, at } = node;
    const prefix = target === undefined ? undefined : qualified(target);
    const spaced = prefix === undefined ? undefined : library.get(`${prefix}.${name}`);
    const [root = ''] = prefix?.split('.') ?? [];
    const isNamespaced = spaced !== undefined && this.#lookup(root) === undefined;
    const named = isNamespaced ? spaced : library.get(name);
    const on = isNamespaced ? undefined : target;
    if (name === 'format') this.#formatting++;
    const args = [...(on === undefined ? [] : [on]), ...node.args].map((arg) => this.typeOf(arg));
    if (name === 'format') this.#formatting--;
    const overloads = (named ?? []).filter(
      ({ isMember, params }) => isMember === (on !== undefined) && params.length === args.length,
    );
    if (named === undefined) return this.#say(at, `undeclared reference to '${name}' (in container '')`);
    const found = this.#matching(overloads, args);
    if (found === undefined) {
      const types = args.map((type) => this.#named(type));
      const receiver = on === undefined ? '' : `${types.shift() ?? ''}.`;
      return this.#say(at, noOverload(isNamespaced ? `${prefix}.${name}` : name, types, receiver));
    }
    this.calls.set(node, { overloads: found.overloads, isNamespaced });
    this.#checkLiteral(node);
    return found.type;
  }

  /** All overloads that could be meant; the type is dyn where they differ in it. */
  #matching(
    all: readonly Overload[],
    args: readonly CelType[],
  ): { readonly overloads: readonly Overload[]; readonly type: CelType } | undefined {
    const overloads: Overload[] = [];
    const results: CelType[] = [];
    let kept: Bindings | undefined;
    for (const overload of all) {
      const trial = new Map(this.bindings);
      const rename = this.#renamer();
      if (!overload.params.every((param, i) => assignable(rename(param), args[i] ?? dyn, trial))) continue;
      overloads.push(overload);
      results.push(resolve(rename(overload.result), trial));
      kept ??= trial;
    }
    const [first] = results;
    if (first === undefined || kept === undefined) return undefined;
    if (overloads.length === 1) this.#commit(kept);
    return { overloads, type: results.every((type) => sameType(type, first)) ? first : dyn };
  }

  #commit(trial: Bindings): void {
    for (const [name, type] of trial) this.bindings.set(name, type);
  }

  /** Each call has type parameters of its own. */
  #renamer(): (type: CelType) => CelType {
    const mark = this.#fresh++;
    const rename = (type: CelType): CelType => {
      switch (type.kind) {
        case 'param':
          return { kind: 'param', name: `${type.name}#${mark}` };
        case 'list':
        case 'optional':
        case 'type':
          return { kind: type.kind, item: rename(type.item) };
        case 'map':
          return { kind: 'map', key: rename(type.key), value: rename(type.value) };
        default:
          return type;
      }
    };
    return rename;
  }

  /** Patterns, durations and times that are written out are read at once, as Kubernetes does. */
  #checkLiteral({ name, args, target, at }: Call): void {
    const last = args.at(-1);
    if (
      name === 'format' &&
      target?.op === 'literal' &&
      typeof target.value === 'string' &&
      last?.op === 'list'
    )
      this.#checkFormat(target.value, last, at);
    if (last?.op !== 'literal' || typeof last.value !== 'string') return;
    if (name === 'matches') {
      try {
        safeRegex(last.value);
      } catch (error) {
        this.#say(last.at, `invalid matches argument: ${messageOf(error)}`);
      }
    }
    const read = name === 'duration' ? parseDuration : name === 'timestamp' ? parseTimestamp : undefined;
    const found = read?.(last.value);
    if (found instanceof CelError) this.#say(last.at, `invalid ${name} argument: ${found.message}`);
  }

  /** What is written out of a format has to fit it: as many arguments as clauses, of types that they take. */
  #checkFormat(template: string, { items }: ListExpr, at: number): void {
    const verbs = clausesOf(template);
    if (items.length > verbs.length)
      this.#say(
        at,
        `too many arguments supplied to string.format (expected ${verbs.length}, got ${items.length})`,
      );
    for (const [index, verb] of verbs.entries()) {
      const taken = typesOfClause(verb);
      const item = items[index];
      if (taken === undefined)
        this.#say(at, `could not parse formatting clause: unrecognized formatting clause "${verb}"`);
      else if (item === undefined) this.#say(at, `index ${index} out of range`);
      else {
        this.#formatting++;
        const type = closed(this.typeOf(item.value), this.bindings);
        this.#formatting--;
        const kind = type.kind === 'object' ? type.name : type.kind;
        if (!taken.types.has(kind)) this.#say(item.value.at, `${taken.refusal}${formatType(type)}`);
      }
    }
  }
}

function literalKind(name: string) {
  const kinds = ['null_type', 'bool', 'int', 'uint', 'double', 'string', 'bytes'] as const;
  return kinds.find((kind) => kind === name) ?? 'dyn';
}

/** `a.b.c` of plain selections; undefined for anything else. */
export function qualified(node: Expr): string | undefined {
  if (node.op === 'ident') return node.name;
  if (node.op !== 'select' || node.isTest || node.isOptional) return undefined;
  const operand = qualified(node.operand);
  return operand === undefined ? undefined : `${operand}.${node.field}`;
}

function noOverload(name: string, types: readonly string[], receiver = ''): string {
  return `found no matching overload for '${name}' applied to '${receiver}(${types.join(', ')})'`;
}
