import { formatDigits } from '../../../../kit/go-float.ts';
import { CelError, type Fault } from '../fault.ts';
import { CelDuration, CelTimestamp, CelTypeValue, CelUint, type CelValue, typeNameOf } from '../values.ts';
import { formatDouble } from './conversions.ts';
import { formatDuration, formatTimestamp } from './time.ts';

/** Digits behind the point of `%f` where no precision is given, of `%e`, and of doubles within lists and maps. */
const usualPrecision = 6;
/** More is no text to read, and costs. */
const mostPrecision = 1000;

const clausePattern = /%(?:\.(\d+))?([\s\S]?)/g;

/**
 * `"%s of %d".format([a, b])`: `%s`, `%d`, `%f` (with a precision), `%e`, `%b`, `%o`, `%x`, `%X` and `%%`, as the API server of
 * Kubernetes 1.35 writes them: `%f` groups thousands, `%e` always has six digits, and what is in lists and maps is written as
 * an expression would be.
 *
 * Source: https://pkg.go.dev/github.com/google/cel-go/ext#Strings, and the server's own answers (test/cluster/admission.test.ts)
 */
export function formatText(template: string, args: readonly CelValue[]): string | Fault {
  let next = 0;
  let fault: CelError | undefined;
  const text = template.replace(clausePattern, (whole, precision: string | undefined, verb: string) => {
    if (whole === '%%') return '%';
    if (next >= args.length) {
      fault ??= new CelError(`index ${next} out of range`);
      return '';
    }
    const said = clause(
      verb,
      args[next++] ?? null,
      precision === undefined ? usualPrecision : Number(precision),
    );
    if (typeof said === 'string') return said;
    fault ??= said;
    return '';
  });
  return fault ?? text;
}

/** The types that a clause takes, by their names in CEL; `dyn` fits all. Undefined for a clause that there is not. */
export function typesOfClause(
  verb: string,
): { readonly types: ReadonlySet<string>; readonly refusal: string } | undefined {
  const clauseTypes = clauses[verb];
  if (clauseTypes === undefined) return undefined;
  return {
    types: new Set([...clauseTypes.types, 'dyn']),
    refusal: `error during formatting: ${clauseTypes.refusal}, was given `,
  };
}

/** The clauses of a template that take an argument, in order. */
export function clausesOf(template: string): readonly string[] {
  return [...template.matchAll(clausePattern)]
    .filter(([whole]) => whole !== '%%')
    .map(([, , verb = '']) => verb);
}

const hex = {
  types: ['int', 'uint', 'string', 'bytes'],
  refusal: 'only integers, byte buffers, and strings can be formatted as hex',
};
const clauses: Readonly<Record<string, { readonly types: readonly string[]; readonly refusal: string }>> = {
  s: {
    types: [
      ...['string', 'bool', 'bytes', 'int', 'uint', 'double', 'map', 'list', 'type', 'null_type'],
      ...['google.protobuf.Duration', 'google.protobuf.Timestamp', 'duration', 'timestamp'],
    ],
    refusal:
      'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
  },
  d: { types: ['int', 'uint'], refusal: 'decimal clause can only be used on integers' },
  f: { types: ['double'], refusal: 'fixed-point clause can only be used on doubles' },
  e: { types: ['double'], refusal: 'scientific clause can only be used on doubles' },
  b: { types: ['int', 'uint', 'bool'], refusal: 'only integers and bools can be formatted as binary' },
  o: { types: ['int', 'uint'], refusal: 'octal clause can only be used on integers' },
  x: hex,
  X: hex,
};

function clause(verb: string, value: CelValue, precision: number): string | CelError {
  switch (verb) {
    case 's':
      return asText(value);
    case 'd':
      return whole(verb, value, 10);
    case 'f':
      if (precision > mostPrecision)
        return new CelError(`error during formatting: a precision of ${precision} is too much`);
      return typeof value === 'number' ? fixed(value, precision) : wrong(verb, value);
    case 'e':
      return typeof value === 'number' ? scientific(value) : wrong(verb, value);
    case 'b':
      return typeof value === 'boolean' ? (value ? '1' : '0') : whole(verb, value, 2);
    case 'o':
      return whole(verb, value, 8);
    case 'x':
    case 'X': {
      const said = hexadecimal(verb, value);
      return typeof said === 'string' && verb === 'X' ? said.toUpperCase() : said;
    }
    default:
      return new CelError(`could not parse formatting clause: unrecognized formatting clause "${verb}"`);
  }
}

function wrong(verb: string, value: CelValue): CelError {
  return new CelError(
    `error during formatting: ${clauses[verb]?.refusal ?? ''}, was given ${typeNameOf(value)}`,
  );
}

function asText(value: CelValue): string | CelError {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return formatDouble(value);
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (value instanceof CelTimestamp) return formatTimestamp(value);
  if (value instanceof CelDuration) return formatDuration(value);
  return asExpression(value);
}

/** As what is within a list or a map is written. */
function asExpression(value: CelValue): string | CelError {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null) return 'null';
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number')
    return Number.isFinite(value) ? digits(value, usualPrecision) : JSON.stringify(formatDouble(value));
  if (value instanceof CelUint) return String(value.value);
  if (value instanceof Uint8Array) return `b${JSON.stringify(new TextDecoder().decode(value))}`;
  if (value instanceof CelTimestamp) return `timestamp("${formatTimestamp(value)}")`;
  if (value instanceof CelDuration) return `duration("${formatDuration(value)}")`;
  if (value instanceof CelTypeValue) return value.name;
  if (Array.isArray(value)) return joined('[', ']', value.map(asExpression));
  if (value instanceof Map) return mapped(value as ReadonlyMap<CelValue, CelValue>);
  return wrong('s', value);
}

function mapped(map: ReadonlyMap<CelValue, CelValue>): string | CelError {
  const entries = [...map].map(([key, value]) => [asExpression(key), asExpression(value)] as const);
  const sorted = entries.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  const failed = sorted.flat().find((part) => part instanceof CelError);
  return failed ?? `{${sorted.map(([key, value]) => `${key}:${value}`).join(', ')}}`;
}

function joined(open: string, close: string, parts: readonly (string | CelError)[]): string | CelError {
  const failed = parts.find((part) => part instanceof CelError);
  return failed ?? `${open}${parts.join(', ')}${close}`;
}

function digits(value: number, precision: number): string {
  return `${isNegative(value) ? '-' : ''}${formatDigits(Math.abs(value), 'f', precision)}`;
}

/** With thousands grouped, as in English. */
function fixed(value: number, precision: number): string {
  if (!Number.isFinite(value)) return named(value);
  const [whole = '', fraction] = digits(value, precision).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

const raised: Readonly<Record<string, string>> = Object.fromEntries(
  [...'-0123456789'].map((one, i) => [one, [...'⁻⁰¹²³⁴⁵⁶⁷⁸⁹'][i] ?? '']),
);

/** `1.234500×10⁰⁴` */
function scientific(value: number): string {
  if (!Number.isFinite(value)) return named(value);
  const [mantissa = '', exponent = ''] = formatDigits(Math.abs(value), 'e', usualPrecision).split('e');
  const power = [...exponent.replace('+', '')].map((one) => raised[one] ?? one).join('');
  return `${isNegative(value) ? '-' : ''}${mantissa}×10${power}`;
}

function named(value: number): string {
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '-∞';
}

function isNegative(value: number): boolean {
  return value < 0 || Object.is(value, -0);
}

function whole(verb: string, value: CelValue, base: number): string | CelError {
  if (typeof value === 'bigint') return value.toString(base);
  return value instanceof CelUint ? value.value.toString(base) : wrong(verb, value);
}

function hexadecimal(verb: string, value: CelValue): string | CelError {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  if (bytes instanceof Uint8Array)
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return whole(verb, value, 16);
}
