import { BadInputError } from '../kit/app-error.ts';
import { safeRegex } from '../kit/regex.ts';
import type { Variable, VariableChoice } from './dashboard.ts';
import { variablesIn } from './interpolate.ts';
import { listOf, recordOf, textOf } from './json-view.ts';

/** More choices than these nobody picks from, and as a pattern they would be too long to send. */
export const mostChoices = 2000;

/** What the query of a variable asks for. */
export type VariableQuery =
  | { readonly kind: 'label-values'; readonly label: string; readonly selector: string }
  | { readonly kind: 'label-names'; readonly pattern: string }
  | { readonly kind: 'metrics'; readonly pattern: string }
  | { readonly kind: 'query-result'; readonly expr: string }
  | { readonly kind: 'series'; readonly selector: string };

/**
 * Reads the query of a variable, its variables already put in.
 *
 * Source: https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/#query-variable
 */
export function parseVariableQuery(text: string): VariableQuery {
  const query = text.trim();
  const names = /^label_names\(\s*(.*?)\s*\)$/s.exec(query);
  if (names !== null) return { kind: 'label-names', pattern: names[1] ?? '' };
  const values = /^label_values\(\s*(?:(.+?)\s*,\s*)?([a-zA-Z_$][\w.:$-]*)\s*\)$/s.exec(query);
  if (values !== null) return { kind: 'label-values', selector: values[1] ?? '', label: values[2] ?? '' };
  const metrics = /^metrics\(\s*(.*?)\s*\)$/s.exec(query);
  if (metrics !== null) return { kind: 'metrics', pattern: metrics[1] ?? '' };
  const result = /^query_result\(\s*(.+?)\s*\)$/s.exec(query);
  if (result !== null) return { kind: 'query-result', expr: result[1] ?? '' };
  return { kind: 'series', selector: query };
}

/** A row of `query_result()` as Grafana writes it, for the variable's pattern to take apart: `up{job="a"} 1 1700000000000`. */
export function resultRow(series: unknown): string {
  const { metric, value } = recordOf(series);
  const labels = recordOf(metric);
  const pairs = Object.entries(labels).filter(([name]) => name !== '__name__');
  const [seconds, number] = listOf(value);
  const name = textOf(labels['__name__']);
  return `${name}{${pairs.map(([label, text]) => `${label}="${textOf(text)}"`).join(',')}} ${String(number)} ${Number(seconds) * 1000}`;
}

/**
 * The choices that values of a query become: picked by the variable's pattern, each once, in its order.
 *
 * @throws {BadInputError} when the pattern is none.
 */
export function choicesOf(values: readonly string[], { regex, sort }: Variable): VariableChoice[] {
  const pick = regex === '' ? undefined : pickerOf(regex);
  const found = new Map<string, VariableChoice>();
  for (const value of values) {
    const choice = pick === undefined ? { text: value, value } : pick(value);
    if (choice === undefined || found.has(choice.value)) continue;
    found.set(choice.value, choice);
    if (found.size === mostChoices) break;
  }
  return sorted([...found.values()], sort);
}

/** `/pattern/flags`, or the bare pattern. A group picks a part; groups `text` and `value` pick both. */
function pickerOf(regex: string): (text: string) => VariableChoice | undefined {
  const match = /^\/(.*)\/([gimsuy]*)$/s.exec(regex);
  const flags = [...(match?.[2] ?? '')].filter((flag) => flag === 'i' || flag === 's').join('');
  const pattern = (match?.[1] ?? regex).replaceAll('\\/', '/');
  let compiled: ReturnType<typeof safeRegex>;
  try {
    // What stands before and after is not asked for.
    compiled = safeRegex(`(?s:.*?)(?:${flags === '' ? '' : `(?${flags})`}${pattern})(?s:.*)`);
  } catch (error) {
    throw new BadInputError('regex', `bad pattern ${regex}: ${(error as Error).message}`, { cause: error });
  }
  const text = compiled.groupNames.indexOf('text');
  const value = compiled.groupNames.indexOf('value');
  return (whole) => {
    const groups = compiled.groups(whole);
    if (groups === undefined) return undefined;
    if (text > 0 || value > 0) {
      const named = (at: number) => (at > 0 ? groups[at] : undefined);
      const picked = named(value) ?? named(text) ?? whole;
      return { value: picked, text: named(text) ?? picked };
    }
    const picked = groups.length > 1 ? (groups.slice(1).find((group) => group !== '') ?? '') : whole;
    return picked === '' ? undefined : { text: picked, value: picked };
  };
}

const natural = new Intl.Collator('en', { numeric: true });

function sorted(choices: readonly VariableChoice[], sort: number): VariableChoice[] {
  const number = ({ text }: VariableChoice) =>
    Number(/-?\d+(?:\.\d+)?/.exec(text)?.[0] ?? Number.POSITIVE_INFINITY);
  const by: readonly ((a: VariableChoice, b: VariableChoice) => number)[] = [
    (a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0),
    (a, b) => number(a) - number(b) || natural.compare(a.text, b.text),
    (a, b) => a.text.toLowerCase().localeCompare(b.text.toLowerCase(), 'en'),
    (a, b) => natural.compare(a.text, b.text),
  ];
  const order = by[Math.floor((sort - 1) / 2)];
  if (sort < 1 || order === undefined) return [...choices];
  return choices.toSorted((a, b) => (sort % 2 === 1 ? order(a, b) : order(b, a)));
}

/** The choices of a variable that needs no query: `a,b : c`, `1m,5m`; commas of values are written `\,`. */
export function writtenChoices({ type, query, options }: Variable): VariableChoice[] {
  if (type === 'textbox' || type === 'constant')
    return query === '' ? [...options] : [{ text: query, value: query }];
  if (query.trim() === '') return [...options];
  return [...query.matchAll(/((?:\\,|[^,])+),?/g)]
    .map(([, part = '']) => part.replaceAll('\\,', ',').trim())
    .filter((part) => part !== '')
    .slice(0, mostChoices)
    .map((part) => {
      const pair = type === 'custom' ? /^(.+?)\s+:\s+(.+)$/s.exec(part) : null;
      return pair === null ? { text: part, value: part } : { text: pair[1] ?? '', value: pair[2] ?? '' };
    });
}

/**
 * Variables in an order in which each comes after those that its query names. Those that name each other in a ring come last, as
 * they are written.
 */
export function inOrder(variables: readonly Variable[]): Variable[] {
  const left = new Map(variables.map((variable) => [variable.name, variable]));
  const done: Variable[] = [];
  for (;;) {
    const ready = [...left.values()].filter(({ name, query, regex }) =>
      variablesIn(`${query} ${regex}`).every((needed) => needed === name || !left.has(needed)),
    );
    if (ready.length === 0) return [...done, ...left.values()];
    for (const variable of ready) left.delete(variable.name);
    done.push(...ready);
  }
}
