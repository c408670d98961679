import { useEffect, useRef, useState } from 'react';
import {
  allValues,
  type Dashboard,
  type Variable,
  type VariableChoice,
} from '../../../../src/dashboards/dashboard.ts';
import { type AnswerData, seriesOf } from '../../../../src/dashboards/frames.ts';
import { interpolate } from '../../../../src/dashboards/interpolate.ts';
import { scopeOf, type VariableState } from '../../../../src/dashboards/scope.ts';
import type { TimeRange } from '../../../../src/dashboards/time-range.ts';
import {
  choicesOf,
  inOrder,
  parseVariableQuery,
  resultRow,
  writtenChoices,
} from '../../../../src/dashboards/variable-choices.ts';
import { safeRegex } from '../../../../src/kit/regex.ts';
import { ask, read } from '../query/prometheus.ts';
import type { BoardAddress } from './address.ts';
import { inTurn } from './query-turns.ts';

export interface Variables {
  /** In the order of the file; undefined until all are known once. */
  readonly states: readonly VariableState[] | undefined;
  readonly isLoading: boolean;
  /** What failed, by the variable's name. */
  readonly errors: Readonly<Record<string, string>>;
}

/** The values of all variables: each one's choices are asked for once those that it names are known. */
export function useVariables(dashboard: Dashboard, address: BoardAddress, range: TimeRange): Variables {
  const [known, setKnown] = useState<Variables>({ states: undefined, isLoading: true, errors: {} });
  const asked = useRef(new Map<string, readonly string[]>());
  const now = useRef({ address, range });
  now.current = { address, range };
  const followsRange = dashboard.variables.some(({ refresh }) => refresh === 'range');
  const rangeKey = followsRange ? `${address.from} ${address.to}` : '';

  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again when what is chosen or the range changes, not as time goes by
  useEffect(() => {
    const stop = new AbortController();
    setKnown((before) => ({ ...before, isLoading: true }));
    void resolveAll(dashboard, now.current.address, now.current.range, {
      asked: asked.current,
      rangeKey,
      signal: stop.signal,
    }).then(({ states, errors }) => {
      if (!stop.signal.aborted) setKnown({ states, errors, isLoading: false });
    });
    return () => stop.abort();
  }, [dashboard, address.variables, rangeKey]);
  return known;
}

interface Asking {
  readonly asked: Map<string, readonly string[]>;
  readonly rangeKey: string;
  readonly signal: AbortSignal;
}

async function resolveAll(
  dashboard: Dashboard,
  address: BoardAddress,
  range: TimeRange,
  asking: Asking,
): Promise<{ states: VariableState[]; errors: Record<string, string> }> {
  const states = new Map<string, VariableState>();
  const errors: Record<string, string> = {};
  for (const variable of inOrder(dashboard.variables)) {
    let choices: readonly VariableChoice[] = [];
    try {
      choices = await choicesFor(variable, [...states.values()], range, asking);
    } catch (error) {
      errors[variable.name] = error instanceof Error ? error.message : String(error);
    }
    states.set(variable.name, { variable, choices, chosen: chosenOf(variable, choices, address) });
  }
  return { states: dashboard.variables.flatMap(({ name }) => states.get(name) ?? []), errors };
}

async function choicesFor(
  variable: Variable,
  states: readonly VariableState[],
  range: TimeRange,
  { asked, rangeKey, signal }: Asking,
): Promise<readonly VariableChoice[]> {
  if (variable.type === 'datasource') return [{ text: 'Skopos', value: 'skopos' }];
  if (variable.type !== 'query') return writtenChoices(variable);
  const scope = scopeOf(states, range);
  const text = interpolate(variable.query, scope, 'promql');
  const key = `${variable.refresh === 'range' ? rangeKey : ''} ${text}`;
  const values = asked.get(key) ?? (await inTurn(signal, () => valuesFor(text, range, signal)));
  asked.set(key, values);
  return choicesOf(values, { ...variable, regex: interpolate(variable.regex, scope, 'text') });
}

async function valuesFor(text: string, range: TimeRange, signal: AbortSignal): Promise<readonly string[]> {
  const query = parseVariableQuery(text);
  const times: [string, string][] = [
    ['start', String(range.fromMs / 1000)],
    ['end', String(range.toMs / 1000)],
  ];
  const list = async (path: string, selector = ''): Promise<readonly string[]> => {
    const match: [string, string][] = selector === '' ? [] : [['match[]', selector]];
    return (await read<readonly string[]>(path, [...times, ...match], signal)).data;
  };
  switch (query.kind) {
    case 'label-values':
      return list(`v1/label/${encodeURIComponent(query.label)}/values`, query.selector);
    case 'label-names':
      return filtered(await list('v1/labels'), query.pattern);
    case 'metrics':
      return filtered(await list('v1/label/__name__/values'), query.pattern);
    case 'query-result': {
      const answer = await ask<AnswerData>(
        'v1/query',
        { query: query.expr, time: range.toMs / 1000 },
        signal,
      );
      return seriesOf(answer.data).map(resultRow);
    }
    case 'series': {
      if (query.selector === '') return [];
      const match: [string, string][] = [['match[]', query.selector]];
      const answer = await read<readonly Record<string, string>[]>('v1/series', [...times, ...match], signal);
      return answer.data.map(({ __name__: name = '', ...labels }) => {
        const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
        return `${name}{${pairs.join(',')}}`;
      });
    }
  }
}

function filtered(names: readonly string[], pattern: string): readonly string[] {
  if (pattern === '') return names;
  const compiled = safeRegex(pattern);
  return names.filter((name) => compiled.finds(name));
}

/** What the address says, else what the dashboard was kept with where that still is a choice, else the first. */
function chosenOf(
  variable: Variable,
  choices: readonly VariableChoice[],
  address: BoardAddress,
): readonly string[] {
  const { type, includeAll, current, multi } = variable;
  const said = address.chosen(variable.name);
  if (said !== undefined && said.length > 0) return multi ? said : said.slice(0, 1);
  if (type === 'constant' || type === 'datasource') return choices.slice(0, 1).map(({ value }) => value);
  const kept = current.filter((value) => value !== '');
  if (type === 'textbox') return kept.length > 0 ? kept : choices.slice(0, 1).map(({ value }) => value);
  if (includeAll && (kept.includes(allValues) || kept.length === 0)) return [allValues];
  const there = kept.filter((value) => choices.some((choice) => choice.value === value));
  if (there.length > 0) return there;
  return choices.slice(0, 1).map(({ value }) => value);
}
