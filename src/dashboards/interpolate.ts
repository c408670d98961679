import { formatVariable, promValue } from './variable-format.ts';

/** What a name stands for while a text is filled in. */
export interface ScopeValue {
  readonly values: readonly string[];
  /** As people read them, for `${name:text}`. */
  readonly texts?: readonly string[];
  /** Whether it may have several values, so that it is a pattern in expressions. */
  readonly isPattern?: boolean;
  /** Put in as it is: what stands for all, and times and spans. */
  readonly isVerbatim?: boolean;
}

/** Names and what they stand for; `$__interval` is under `__interval`. */
export type Scope = ReadonlyMap<string, ScopeValue>;

/** Where the text goes: into PromQL, or in front of people or an address. */
export type Target = 'promql' | 'text';

/** `$name`, `[[name:format]]`, `${name:format}`, `${name.field:format}`. */
const form = /\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\$\{(\w+)(?:\.([^:^}]+))?(?::([^}]+))?\}/g;

/**
 * Puts the values of variables into a text. What is not known stays as it is.
 *
 * Source: https://grafana.com/docs/grafana/latest/dashboards/variables/variable-syntax/
 */
export function interpolate(text: string, scope: Scope, target: Target): string {
  return text.replace(form, (whole, ...groups: (string | undefined)[]) => {
    const [plain, old, oldFormat, braced, , bracedFormat] = groups;
    const name = plain ?? old ?? braced ?? '';
    const found = scope.get(name);
    if (found === undefined) return whole;
    return written(found, name, bracedFormat ?? oldFormat, target) ?? whole;
  });
}

/** The names of variables in a text, in the order in which they stand; the first of each. */
export function variablesIn(text: string): string[] {
  const names = [...text.matchAll(form)].map(([, plain, old, , braced]) => plain ?? old ?? braced ?? '');
  return [...new Set(names)];
}

function written(
  { values, texts = values, isPattern = false, isVerbatim = false }: ScopeValue,
  name: string,
  format: string | undefined,
  target: Target,
): string | undefined {
  if (format === 'text') return formatVariable(texts, name, format);
  if (format?.startsWith('date') === true) return dateText(values[0] ?? '', format);
  if (format === 'queryparam' || (format !== undefined && !isVerbatim))
    return formatVariable(values, name, format);
  if (isVerbatim) return values[0] ?? '';
  return target === 'promql' ? promValue(values, isPattern) : (formatVariable(values, name, 'glob') ?? '');
}

/** `${__from:date}`, `${__from:date:iso}`, `${__from:date:seconds}`, `${__from:date:YYYY-MM}`. */
function dateText(value: string, format: string): string | undefined {
  const at = new Date(Number(value));
  if (Number.isNaN(at.getTime())) return undefined;
  const [, ...rest] = format.split(':');
  const form = rest.join(':');
  if (form === '' || form === 'iso') return at.toISOString();
  if (form === 'seconds') return String(Math.floor(at.getTime() / 1000));
  const two = (part: number) => String(part).padStart(2, '0');
  const parts: Readonly<Record<string, string>> = {
    YYYY: String(at.getUTCFullYear()),
    MM: two(at.getUTCMonth() + 1),
    DD: two(at.getUTCDate()),
    HH: two(at.getUTCHours()),
    mm: two(at.getUTCMinutes()),
    ss: two(at.getUTCSeconds()),
  };
  return form.replace(/YYYY|MM|DD|HH|mm|ss/g, (part) => parts[part] ?? part);
}
