/** The functions that every template has. Source: https://pkg.go.dev/text/template#hdr-Functions */
import { byteLength, fromBytes, toBytes } from './bytes.ts';
import { equal, less } from './compare.ts';
import { escapeHtml, escapeJs, escapeUrlQuery } from './escape.ts';
import { formatPrint, formatPrintf, formatPrintln } from './format.ts';
import { type TemplateFunction, typed } from './function.ts';
import { defaultLimits, type Limits } from './limits.ts';
import {
  bare,
  entryOf,
  GoMap,
  GoNamed,
  GoSlice,
  hasEntry,
  isTrue,
  itemsOf,
  kindOf,
  sizeOf,
  typeName,
} from './value.ts';

/** Never called: the interpreter evaluates the arguments of `and` and `or` one by one. */
export const and = typed(['any', '...any'], () => undefined);
export const or = typed(['any', '...any'], () => undefined);
/** Neither is `call`, whose messages name what stands in the template. */
export const call = typed(['any', '...any'], () => undefined);

/** What `html` gives in HTML: escaped already where it is text, and still to be escaped where it is something else. */
export class EscapedHtml extends GoNamed {
  readonly plain: string;

  constructor(plain: string) {
    super('template.HTML', escapeHtml(plain));
    this.plain = plain;
  }
}

export const htmlInHtml = typed(
  ['...any'],
  (...args: unknown[]) => new EscapedHtml(formatPrint(args, defaultLimits.output, '')),
);

export const urlqueryInHtml = typed(
  ['...any'],
  (...args: unknown[]) =>
    new GoNamed('template.URL', escapeUrlQuery(formatPrint(args, defaultLimits.output, ''))),
);

export function builtins({ output }: Limits): Map<string, TemplateFunction> {
  const text = (args: readonly unknown[]): string =>
    args.length === 1 && typeof args[0] === 'string' ? args[0] : formatPrint(args, output, '<no value>');
  return new Map<string, TemplateFunction>([
    ['and', and],
    ['or', or],
    ['not', typed(['any'], (value: unknown) => !isTrue(value))],
    ['call', call],
    ['html', typed(['...any'], (...args: unknown[]) => escapeHtml(text(args)))],
    ['js', typed(['...any'], (...args: unknown[]) => escapeJs(text(args)))],
    ['urlquery', typed(['...any'], (...args: unknown[]) => escapeUrlQuery(text(args)))],
    ['index', typed(['any', '...any'], index)],
    ['slice', typed(['any', '...any'], slice)],
    ['len', typed(['any'], length)],
    ['print', typed(['...any'], (...args: unknown[]) => formatPrint(args, output))],
    ['println', typed(['...any'], (...args: unknown[]) => formatPrintln(args, output))],
    [
      'printf',
      typed(['string', '...any'], (format: string, ...args: unknown[]) => formatPrintf(format, args, output)),
    ],
    ['eq', typed(['any', '...any'], equal)],
    ['ne', typed(['any', 'any'], (a: unknown, b: unknown) => !equal(a, b))],
    ['lt', typed(['any', 'any'], less)],
    ['le', typed(['any', 'any'], (a: unknown, b: unknown) => less(a, b) || equal(a, b))],
    ['gt', typed(['any', 'any'], (a: unknown, b: unknown) => !less(a, b) && !equal(a, b))],
    ['ge', typed(['any', 'any'], (a: unknown, b: unknown) => !less(a, b))],
  ]);
}

function length(value: unknown): number {
  switch (kindOf(value)) {
    case 'string':
      return byteLength(String(bare(value)));
    case 'slice':
      return itemsOf(value).length;
    case 'map':
      return sizeOf(value);
    case 'invalid':
      // What is not there at all has no type, and Go's own check stumbles over that.
      throw new Error(
        value === null ? 'len of nil pointer' : 'reflect: call of reflect.Value.Type on zero Value',
      );
    default:
      throw new Error(`len of type ${typeName(value)}`);
  }
}

function index(item: unknown, ...indexes: unknown[]): unknown {
  if (item === undefined || item === null) throw new Error('index of untyped nil');
  let value: unknown = item;
  for (const at of indexes) {
    if (value === undefined || value === null) throw new Error('index of nil pointer');
    switch (kindOf(value)) {
      case 'map':
        value = element(value, at);
        break;
      case 'slice': {
        const items = itemsOf(value);
        value = items[placeOf(at, items.length, 'slice')] ?? null;
        break;
      }
      case 'string': {
        const bytes = toBytes(String(bare(value)));
        value = new GoNamed('uint8', bytes[placeOf(at, bytes.length, 'string')] ?? 0);
        break;
      }
      default:
        throw new Error(`can't index item of type ${typeName(value)}`);
    }
  }
  return value;
}

function element(map: unknown, key: unknown): unknown {
  if (key === undefined || key === null) throw new Error('value is nil; should be of type string');
  if (typeof key !== 'string') throw new Error(`value has type ${typeName(key)}; should be string`);
  if (hasEntry(map, key)) return entryOf(map, key) ?? null;
  return (map instanceof GoMap ? map.zero : undefined) ?? null;
}

/** Of one element. Go's own check lets one too many pass, and what comes after it says so in other words. */
function placeOf(at: unknown, size: number, what: 'slice' | 'string'): number {
  const found = place(at, size);
  if (found === size) throw new Error(`reflect: ${what} index out of range`);
  return found;
}

/** An index within a slice or a string, up to and with `last`. */
function place(at: unknown, last: number): number {
  if (at === undefined || at === null) throw new Error('cannot index slice/array with nil');
  if (kindOf(at) !== 'int') throw new Error(`cannot index slice/array with type ${typeName(at)}`);
  const value = Number(bare(at));
  if (value < 0 || value > last) throw new Error(`index out of range: ${String(bare(at))}`);
  return value;
}

function slice(item: unknown, ...indexes: unknown[]): unknown {
  if (item === undefined || item === null) throw new Error('slice of untyped nil');
  if (indexes.length > 3) throw new Error(`too many slice indexes: ${indexes.length}`);
  const kind = kindOf(item);
  if (kind === 'string') {
    if (indexes.length === 3) throw new Error('cannot 3-index slice a string');
    const bytes = toBytes(String(bare(item)));
    const [from, to] = range(indexes, bytes.length);
    return fromBytes(bytes.subarray(from, to));
  }
  if (kind !== 'slice') throw new Error(`can't slice item of type ${typeName(item)}`);
  const items = itemsOf(item);
  const [from, to] = range(indexes, items.length);
  const part = items.slice(from, to);
  return item instanceof GoSlice ? new GoSlice(item.type, part, item.methods) : part;
}

function range(indexes: readonly unknown[], size: number): [number, number] {
  const [from = 0, to = size, max = size] = indexes.map((at) => place(at, size));
  if (from > to) throw new Error(`invalid slice index: ${from} > ${to}`);
  if (to > max) throw new Error(`invalid slice index: ${to} > ${max}`);
  return [from, to];
}
