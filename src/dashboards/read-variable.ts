import { BadInputError } from '../kit/app-error.ts';
import { allValues, type Variable, type VariableChoice } from './dashboard.ts';
import { isRecord, listOf, recordOf, textOf, wordOf } from './json-view.ts';

const types = ['other', 'query', 'custom', 'constant', 'interval', 'datasource', 'textbox'] as const;
const hidden = ['no', 'label', 'variable'] as const;
const refreshed = ['never', 'load', 'range'] as const;

/** One entry of `templating.list`. @throws {BadInputError} when its name could not be written in an expression. */
export function readVariable([json, path]: readonly [Readonly<Record<string, unknown>>, string]): Variable {
  const name = textOf(json['name']);
  if (!/^\w+$/.test(name))
    throw new BadInputError(`${path}.name`, `expected letters, digits and "_", got ${JSON.stringify(name)}`);
  const type = wordOf(json['type'], types);
  const current = recordOf(json['current']);
  return {
    type,
    name,
    label: textOf(json['label']) || name,
    description: textOf(json['description']),
    query: queryOf(json),
    regex: textOf(json['regex']),
    sort: typeof json['sort'] === 'number' ? json['sort'] : 0,
    refresh: refreshed[refreshNumber(json['refresh'])] ?? 'never',
    multi: json['multi'] === true,
    includeAll: json['includeAll'] === true,
    allValue: textOf(json['allValue']),
    hide: hidden[typeof json['hide'] === 'number' ? json['hide'] : 0] ?? 'no',
    current: valuesOf(current['value']),
    options: listOf(json['options'])
      .map(choiceOf)
      .filter(({ value }) => value !== allValues && value !== ''),
  };
}

/** Of a query either text, or an object that holds it. */
function queryOf(json: Readonly<Record<string, unknown>>): string {
  const { query, definition } = json;
  if (typeof query === 'string') return query;
  if (isRecord(query) && typeof query['query'] === 'string') return query['query'];
  return textOf(definition);
}

/** Old files say `true`. */
function refreshNumber(value: unknown): number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'number' ? value : 0;
}

function choiceOf(json: unknown): VariableChoice {
  const { text, value } = recordOf(json);
  return { text: valuesOf(text).join(' + '), value: valuesOf(value)[0] ?? '' };
}

function valuesOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value])
    .filter((each) => typeof each === 'string' || typeof each === 'number')
    .map(String)
    .map((each) => (each === 'All' ? allValues : each));
}
