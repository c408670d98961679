/**
 * Go values, as templates see them. JavaScript values stand for them:
 *
 * | JavaScript | Go |
 * |---|---|
 * | `undefined`, `null` | nil; a value that is not there (`<no value>`) |
 * | string, boolean | string, bool |
 * | number that is a safe integer, bigint | int |
 * | any other number, {@link GoFloat} | float64; the wrapper is for floats that happen to be whole |
 * | plain object, Map with string keys | `map[string]interface {}` |
 * | array | `[]string` if all are strings, else `[]interface {}` |
 * | instance of a class | struct: its own properties are fields, its methods are methods |
 * | {@link GoStruct}, {@link GoMap}, {@link GoSlice}, {@link GoNamed} | the same with a type name and methods of their own |
 * | function | func |
 *
 * A field that a struct does not have is an error; a key that a map does not have is what the option `missingKey` says.
 */
import type { TemplateFunction } from './function.ts';

/** Methods of a value by name; they are called with the template's arguments only. */
export type Methods = Readonly<Record<string, TemplateFunction>>;

/** Methods, or what makes them when they are first asked for: most values of a notification are only printed. */
export type MethodSource = Methods | (() => Methods);

const none: Methods = Object.freeze({});

function resolve(source: MethodSource): Methods {
  return typeof source === 'function' ? source() : source;
}

/** A float64, whatever its value. */
export class GoFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** Wraps a float64 that may be whole, such as a rule's `$value`: without it `1` would be an int. */
export function goFloat(value: number): GoFloat {
  return new GoFloat(value);
}

/** A scalar of a named type, such as a `time.Duration` or a `template.HTML`, perhaps with methods (`String` is used to print it). */
export class GoNamed {
  readonly type: string;
  readonly value: string | number | bigint | boolean | GoFloat;
  readonly methods: Methods;

  constructor(type: string, value: string | number | bigint | boolean | GoFloat, methods: Methods = none) {
    this.type = type;
    this.value = value;
    this.methods = methods;
  }
}

/** A struct: a set of fields that is known, so that any other is an error. */
export class GoStruct {
  readonly type: string;
  readonly fields: Readonly<Record<string, unknown>>;
  #methods: MethodSource;

  constructor(type: string, fields: Readonly<Record<string, unknown>>, methods: MethodSource = none) {
    this.type = type;
    this.fields = fields;
    this.#methods = methods;
  }

  get methods(): Methods {
    this.#methods = resolve(this.#methods);
    return this.#methods;
  }
}

/** Makes a struct; `type` is shown in error messages, such as `template.Alert`. */
export function goStruct(
  type: string,
  fields: Readonly<Record<string, unknown>>,
  methods: Methods = none,
): GoStruct {
  return new GoStruct(type, fields, methods);
}

/** A map from strings with a type name, methods, and the zero value of its elements. */
export class GoMap {
  readonly type: string;
  readonly entries: ReadonlyMap<string, unknown>;
  #methods: MethodSource;
  /** What a key that is missing gives where Go gives the zero value: '' for a map of strings. */
  readonly zero: unknown;

  constructor(
    type: string,
    entries: Readonly<Record<string, unknown>> | ReadonlyMap<string, unknown>,
    options: { readonly zero?: unknown; readonly methods?: MethodSource } = {},
  ) {
    this.type = type;
    this.entries = entries instanceof Map ? entries : new Map(Object.entries(entries));
    this.zero = options.zero;
    this.#methods = options.methods ?? none;
  }

  get methods(): Methods {
    this.#methods = resolve(this.#methods);
    return this.#methods;
  }
}

/** A `map[string]string`: a missing key is '' with `missingKey: 'zero'` and through `index`. */
export function goStringMap(
  entries: Readonly<Record<string, string>> | ReadonlyMap<string, string>,
  type = 'map[string]string',
  methods: Methods = none,
): GoMap {
  return new GoMap(type, entries, { zero: '', methods });
}

/** A slice with a type name and methods. */
export class GoSlice {
  readonly type: string;
  readonly items: readonly unknown[];
  readonly methods: Methods;

  constructor(type: string, items: readonly unknown[], methods: Methods = none) {
    this.type = type;
    this.items = items;
    this.methods = methods;
  }
}

/** What a value is to the language, whatever its type's name. */
export type Kind = 'invalid' | 'bool' | 'int' | 'float' | 'string' | 'map' | 'slice' | 'struct' | 'func';

export function kindOf(value: unknown): Kind {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'number':
      return Number.isSafeInteger(value) ? 'int' : 'float';
    case 'bigint':
      return 'int';
    case 'function':
      return 'func';
    case 'object':
      return value === null ? 'invalid' : kindOfObject(value);
    default:
      return 'invalid';
  }
}

function kindOfObject(value: object): Kind {
  if (Array.isArray(value) || value instanceof GoSlice) return 'slice';
  if (value instanceof GoMap || value instanceof Map || isPlainObject(value)) return 'map';
  if (value instanceof GoFloat) return 'float';
  if (value instanceof GoNamed) return kindOf(value.value);
  return 'struct';
}

export function isPlainObject(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The name that Go would give the value's type, for messages and `%T`. */
export function typeName(value: unknown): string {
  if (value instanceof GoNamed || value instanceof GoStruct || value instanceof GoMap) return value.type;
  if (value instanceof GoSlice) return value.type;
  switch (kindOf(value)) {
    case 'invalid':
      return '<nil>';
    case 'float':
      return 'float64';
    case 'map':
      return 'map[string]interface {}';
    case 'slice':
      return itemsOf(value).length > 0 && isStringSlice(value) ? '[]string' : '[]interface {}';
    case 'struct':
      return (value as object).constructor.name;
    case 'func':
      return 'func(...interface {}) interface {}';
    default:
      return kindOf(value);
  }
}

/** Whether the elements of a list or a map are of any type. */
export function holdsAnything(value: unknown): boolean {
  return typeName(value).endsWith('interface {}');
}

/** Whether a slice can stand for a `[]string`: it is one by name, or a plain array of nothing but strings. */
export function isStringSlice(value: unknown): boolean {
  // A named list of strings goes where a list of strings is wanted.
  if (value instanceof GoSlice) return value.type === '[]string' || value.type === 'template.Strings';
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** A scalar without its type's name or wrapper. */
export function bare(value: unknown): unknown {
  if (value instanceof GoNamed) return bare(value.value);
  return value instanceof GoFloat ? value.value : value;
}

/** The elements of a slice; [] for anything else. */
export function itemsOf(value: unknown): readonly unknown[] {
  if (value instanceof GoSlice) return value.items;
  return Array.isArray(value) ? value : [];
}

/** The entries of a map in the order of their keys, which is how Go ranges over and prints them. */
export function entriesOf(value: unknown): [string, unknown][] {
  return keysOf(value)
    .sort(compareStrings)
    .map((key) => [key, entryOf(value, key)]);
}

function keysOf(value: unknown): string[] {
  const map = value instanceof GoMap ? value.entries : value;
  return map instanceof Map ? [...map.keys()] : Object.keys(map as object);
}

export function sizeOf(value: unknown): number {
  const map = value instanceof GoMap ? value.entries : value;
  return map instanceof Map ? map.size : Object.keys(map as object).length;
}

export function hasEntry(map: unknown, key: string): boolean {
  if (map instanceof GoMap) return map.entries.has(key);
  return map instanceof Map ? map.has(key) : Object.hasOwn(map as object, key);
}

/** The element under a key of a map; undefined when it is not there. */
export function entryOf(map: unknown, key: string): unknown {
  if (map instanceof GoMap) return map.entries.get(key);
  if (map instanceof Map) return map.get(key) as unknown;
  return Object.hasOwn(map as object, key) ? (map as Record<string, unknown>)[key] : undefined;
}

/** Names and values of a struct's fields, in the order in which they were given. */
export function fieldsOf(value: object): [string, unknown][] {
  const fields = value instanceof GoStruct ? value.fields : (value as Record<string, unknown>);
  return Object.keys(fields).flatMap((name) => {
    const field = fields[name];
    return typeof field === 'function' ? [] : [[name, field]];
  });
}

/** The method of that name, bound to the value; undefined when it has none. */
export function methodOf(value: unknown, name: string): TemplateFunction | undefined {
  if (typeof value !== 'object' || value === null || value instanceof GoFloat || Array.isArray(value))
    return undefined;
  if (
    value instanceof GoNamed ||
    value instanceof GoStruct ||
    value instanceof GoMap ||
    value instanceof GoSlice
  )
    return Object.hasOwn(value.methods, name) ? value.methods[name] : undefined;
  if (value instanceof Map || isPlainObject(value)) {
    const own = entryOf(value, name);
    return typeof own === 'function' ? (own.bind(value) as TemplateFunction) : undefined;
  }
  return name === 'constructor' ? undefined : methodOfInstance(value, name);
}

function methodOfInstance(value: object, name: string): TemplateFunction | undefined {
  for (
    let at: object | null = value;
    at !== null && at !== Object.prototype;
    at = Object.getPrototypeOf(at) as object | null
  ) {
    const found = Object.getOwnPropertyDescriptor(at, name);
    if (found !== undefined)
      return typeof found.value === 'function' ? (found.value.bind(value) as TemplateFunction) : undefined;
  }
  return undefined;
}

/** The field of that name of a struct, in an array of one; undefined when it has none. Getters of classes are fields. */
export function fieldOf(value: object, name: string): [unknown] | undefined {
  if (value instanceof GoStruct) return Object.hasOwn(value.fields, name) ? [value.fields[name]] : undefined;
  for (
    let at: object | null = value;
    at !== null && at !== Object.prototype;
    at = Object.getPrototypeOf(at) as object | null
  )
    if (name !== 'constructor' && Object.hasOwn(at, name)) return [(value as Record<string, unknown>)[name]];
  return undefined;
}

/** Whether `if` takes it as true: not nil, not zero, not empty. A struct is always true. */
export function isTrue(value: unknown): boolean {
  switch (kindOf(value)) {
    case 'invalid':
      return false;
    case 'slice':
      return itemsOf(value).length > 0;
    case 'map':
      return sizeOf(value) > 0;
    case 'bool':
    case 'string':
      return Boolean(bare(value));
    case 'int':
    case 'float':
      // NaN is not zero, so to Go it is true.
      return Number(bare(value)) !== 0;
    default:
      return true;
  }
}

/** Order of strings by their bytes, as Go compares them, which differs from UTF-16 order above U+FFFF. */
export function compareStrings(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    const isSurrogateX = x >= 0xd800 && x <= 0xdfff;
    const isSurrogateY = y >= 0xd800 && y <= 0xdfff;
    if (isSurrogateX !== isSurrogateY) return isSurrogateX ? 1 : -1;
    return x - y;
  }
  return a.length - b.length;
}
