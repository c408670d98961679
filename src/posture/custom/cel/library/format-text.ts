import { CelError, type Fault } from '../fault.ts';
import { CelDuration, CelTimestamp, CelTypeValue, CelUint, type CelValue, typeNameOf } from '../values.ts';
import { formatDouble } from './conversions.ts';
import { formatDuration, formatTimestamp } from './time.ts';

/**
 * `"%s of %d".format([a, b])`: `%s`, `%d`, `%f`, `%e` (both with a precision), `%b`, `%o`, `%x`, `%X` and `%%`.
 *
 * Source: https://pkg.go.dev/github.com/google/cel-go/ext#Strings
 */
export function formatText(template: string, args: readonly CelValue[]): string | Fault {
  let next = 0;
  let fault: CelError | undefined;
  const text = template.replace(
    /%(?:\.(\d+))?([\s\S]?)/g,
    (whole, precision: string | undefined, verb: string) => {
      if (whole === '%%') return '%';
      if (next >= args.length) {
        fault ??= new CelError(`index ${next} out of range`);
        return '';
      }
      const value = args[next++] ?? null;
      const said = clause(verb, value, precision === undefined ? 6 : Number(precision));
      if (typeof said === 'string') return said;
      fault ??= said;
      return '';
    },
  );
  return fault ?? text;
}

function clause(verb: string, value: CelValue, precision: number): string | CelError {
  switch (verb) {
    case 's':
      return asText(value);
    case 'd':
      return decimal(value);
    case 'f':
    case 'e':
      return fraction(verb, value, precision);
    case 'b':
      if (typeof value === 'boolean') return value ? '1' : '0';
      return whole(verb, value, 2);
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
  return new CelError(`error during formatting: %${verb} cannot be given a ${typeNameOf(value)}`);
}

function asText(value: CelValue): string | CelError {
  if (typeof value === 'string') return value;
  if (value === null) return 'null';
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return formatNumber(value);
  if (value instanceof CelUint) return String(value.value);
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (value instanceof CelTimestamp) return formatTimestamp(value);
  if (value instanceof CelDuration) return formatDuration(value);
  if (value instanceof CelTypeValue) return value.name;
  if (Array.isArray(value)) return joined('[', ']', value.map(asText));
  if (value instanceof Map) {
    const entries = [...value].map(([key, one]) => {
      const said = asText(one as CelValue);
      return typeof said === 'string' ? ([String(key), said] as const) : said;
    });
    const failed = entries.find((one) => one instanceof CelError);
    if (failed !== undefined) return failed as CelError;
    const sorted = (entries as (readonly [string, string])[]).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${sorted.map(([key, said]) => `${key}: ${said}`).join(', ')}}`;
  }
  return wrong('s', value);
}

function joined(open: string, close: string, parts: readonly (string | CelError)[]): string | CelError {
  const failed = parts.find((part) => part instanceof CelError);
  return failed ?? `${open}${parts.join(', ')}${close}`;
}

function formatNumber(value: number): string {
  return Number.isFinite(value) ? formatDouble(value) : named(value);
}

function named(value: number): string {
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

function decimal(value: CelValue): string | CelError {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof CelUint) return String(value.value);
  return typeof value === 'number' ? formatNumber(value) : wrong('d', value);
}

function fraction(verb: 'f' | 'e', value: CelValue, precision: number): string | CelError {
  const number =
    typeof value === 'number'
      ? value
      : typeof value === 'bigint'
        ? Number(value)
        : value instanceof CelUint
          ? Number(value.value)
          : undefined;
  if (number === undefined) return wrong(verb, value);
  if (!Number.isFinite(number)) return named(number);
  if (precision > 100)
    return new CelError(`error during formatting: a precision of ${precision} is too much`);
  if (verb === 'f') return number.toFixed(precision);
  return number.toExponential(precision).replace(/e([+-])(\d)$/, 'e$10$2');
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
