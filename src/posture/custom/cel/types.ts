/** Types as the checker knows them. */
export type CelType =
  | { readonly kind: Simple }
  | { readonly kind: 'list' | 'optional' | 'type'; readonly item: CelType }
  | { readonly kind: 'map'; readonly key: CelType; readonly value: CelType }
  | { readonly kind: 'object'; readonly name: string; readonly fields?: ReadonlyMap<string, CelType> }
  | { readonly kind: 'param'; readonly name: string };

const simple = [
  'dyn',
  'null_type',
  'bool',
  'int',
  'uint',
  'double',
  'string',
  'bytes',
  'timestamp',
  'duration',
] as const;
type Simple = (typeof simple)[number];

export const dyn: CelType = { kind: 'dyn' };
export const bool: CelType = { kind: 'bool' };
export const string: CelType = { kind: 'string' };
export const int: CelType = { kind: 'int' };

export function listOf(item: CelType): CelType {
  return { kind: 'list', item };
}

export function optionalOf(item: CelType): CelType {
  return { kind: 'optional', item };
}

export function mapOf(key: CelType, value: CelType): CelType {
  return { kind: 'map', key, value };
}

/** What a value of Kubernetes's own types is called here and by `type(x)`. */
export const objectTypes = {
  URL: 'kubernetes.URL',
  IP: 'net.IP',
  CIDR: 'net.CIDR',
  Quantity: 'kubernetes.Quantity',
  Semver: 'kubernetes.Semver',
  Format: 'kubernetes.NamedFormat',
  Authorizer: 'kubernetes.authorization.Authorizer',
  PathCheck: 'kubernetes.authorization.PathCheck',
  GroupCheck: 'kubernetes.authorization.GroupCheck',
  ResourceCheck: 'kubernetes.authorization.ResourceCheck',
  Decision: 'kubernetes.authorization.Decision',
} as const;

/**
 * Reads a type of a signature: `int`, `list(string)`, `map(K, V)`, `optional(T)`, `type(T)`, a single capital for a parameter, or a
 * name of {@link objectTypes}.
 *
 * @throws {Error} for anything else: signatures are ours.
 */
export function parseType(text: string): CelType {
  const [type, rest] = typeAt(text.trim());
  if (rest.trim() !== '') throw new Error(`no type: ${text}`);
  return type;
}

/** Reads a list of types with commas between. */
export function parseTypes(text: string): readonly CelType[] {
  const types: CelType[] = [];
  let rest = text.trim();
  while (rest !== '') {
    const [type, after] = typeAt(rest);
    types.push(type);
    rest = after.trim().replace(/^,\s*/, '');
  }
  return types;
}

function typeAt(text: string): [CelType, string] {
  const name = /^\w+/.exec(text)?.[0] ?? '';
  let rest = text.slice(name.length);
  const args: CelType[] = [];
  if (rest.startsWith('(')) {
    rest = rest.slice(1);
    while (!rest.startsWith(')')) {
      const [type, after] = typeAt(rest);
      args.push(type);
      rest = after.replace(/^\s*,?\s*/, '');
    }
    rest = rest.slice(1);
  }
  return [named(name, args), rest];
}

function named(name: string, [first = dyn, second = dyn]: readonly CelType[]): CelType {
  if (name === 'list' || name === 'optional' || name === 'type') return { kind: name, item: first };
  if (name === 'map') return { kind: 'map', key: first, value: second };
  if (/^[A-Z]$/.test(name)) return { kind: 'param', name };
  if (Object.hasOwn(objectTypes, name))
    return { kind: 'object', name: objectTypes[name as keyof typeof objectTypes] };
  const kind = simple.find((one) => one === name);
  if (kind === undefined) throw new Error(`no type: ${name}`);
  return { kind };
}

/** As messages of Kubernetes name it. */
export function formatType(type: CelType): string {
  switch (type.kind) {
    case 'list':
    case 'type':
      return `${type.kind}(${formatType(type.item)})`;
    case 'optional':
      return `optional_type(${formatType(type.item)})`;
    case 'map':
      return `map(${formatType(type.key)}, ${formatType(type.value)})`;
    case 'object':
    case 'param':
      return type.name;
    case 'timestamp':
      return 'google.protobuf.Timestamp';
    case 'duration':
      return 'google.protobuf.Duration';
    default:
      return type.kind;
  }
}

/** What type parameters were found to stand for. */
export type Bindings = Map<string, CelType>;

export function resolve(type: CelType, bindings: Bindings): CelType {
  switch (type.kind) {
    case 'param': {
      const bound = bindings.get(type.name);
      return bound === undefined ? type : resolve(bound, bindings);
    }
    case 'list':
    case 'optional':
    case 'type':
      return { kind: type.kind, item: resolve(type.item, bindings) };
    case 'map':
      return { kind: 'map', key: resolve(type.key, bindings), value: resolve(type.value, bindings) };
    default:
      return type;
  }
}

/** The type with everything that is still open made dyn. */
export function closed(type: CelType, bindings: Bindings): CelType {
  const found = resolve(type, bindings);
  switch (found.kind) {
    case 'param':
      return dyn;
    case 'list':
    case 'optional':
    case 'type':
      return { kind: found.kind, item: closed(found.item, bindings) };
    case 'map':
      return { kind: 'map', key: closed(found.key, bindings), value: closed(found.value, bindings) };
    default:
      return found;
  }
}

/** Whether a value of type `from` may stand where `to` is asked for; binds what is open on either side. */
export function assignable(to: CelType, from: CelType, bindings: Bindings): boolean {
  const [a, b] = [resolve(to, bindings), resolve(from, bindings)];
  if (a.kind === 'param') {
    if (b.kind === 'param' && b.name === a.name) return true;
    bindings.set(a.name, b);
    return true;
  }
  if (b.kind === 'param') {
    bindings.set(b.name, a);
    return true;
  }
  if (a.kind === 'dyn' || b.kind === 'dyn') return true;
  if (b.kind === 'null_type') return nullable.has(a.kind);
  if (a.kind !== b.kind) return false;
  if ('item' in a && 'item' in b) return assignable(a.item, b.item, bindings);
  if (a.kind === 'map' && b.kind === 'map')
    return assignable(a.key, b.key, bindings) && assignable(a.value, b.value, bindings);
  return a.kind === 'object' && b.kind === 'object' ? a.name === b.name : true;
}

const nullable: ReadonlySet<string> = new Set(['null_type', 'object', 'timestamp', 'duration', 'optional']);

export function sameType(a: CelType, b: CelType): boolean {
  return formatType(a) === formatType(b);
}
