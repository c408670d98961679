import { allValues, type Variable } from './dashboard.ts';
import type { Scope, ScopeValue } from './interpolate.ts';
import { promSpan, type Steps } from './interval.ts';
import type { TimeRange } from './time-range.ts';

/** What is chosen of a variable, and what there is to choose from. */
export interface VariableState {
  readonly variable: Variable;
  /** Values; {@link allValues} alone for all. */
  readonly chosen: readonly string[];
  readonly choices: readonly { readonly text: string; readonly value: string }[];
}

/** The scope of variables alone: what their own queries see. */
export function scopeOf(
  states: readonly VariableState[],
  range: TimeRange,
  more: Partial<Steps> = {},
): Scope {
  const scope = new Map<string, ScopeValue>(states.map((state) => [state.variable.name, standsFor(state)]));
  const verbatim = (name: string, value: string) => scope.set(name, { values: [value], isVerbatim: true });
  const spanMs = Math.max(1, range.toMs - range.fromMs);
  verbatim('__from', String(range.fromMs));
  verbatim('__to', String(range.toMs));
  verbatim('__range', `${Math.max(1, Math.round(spanMs / 1000))}s`);
  verbatim('__range_s', String(Math.max(1, Math.round(spanMs / 1000))));
  verbatim('__range_ms', String(spanMs));
  verbatim('timeFilter', '');
  const { intervalMs, rateIntervalMs } = more;
  if (intervalMs !== undefined) {
    verbatim('__interval', promSpan(intervalMs));
    verbatim('__interval_ms', String(intervalMs));
  }
  if (rateIntervalMs !== undefined) {
    verbatim('__rate_interval', promSpan(rateIntervalMs));
    verbatim('__rate_interval_ms', String(rateIntervalMs));
  }
  return scope;
}

/** A scope with one more meaning of some names: a repeated panel's variable, the fields of a row. */
export function narrowed(scope: Scope, values: Readonly<Record<string, string>>): Scope {
  const narrow = new Map(scope);
  for (const [name, value] of Object.entries(values)) narrow.set(name, { values: [value] });
  return narrow;
}

/** What a variable stands for in texts. */
export function standsFor({ variable, chosen, choices }: VariableState): ScopeValue {
  const { type, multi, includeAll, allValue } = variable;
  if (type === 'interval' || type === 'constant' || type === 'textbox' || type === 'datasource')
    return { values: chosen, isVerbatim: true };
  const isPattern = multi || includeAll;
  if (!chosen.includes(allValues)) {
    const texts = chosen.map((value) => choices.find((choice) => choice.value === value)?.text ?? value);
    return { values: chosen, texts, isPattern };
  }
  if (allValue !== '') return { values: [allValue], texts: ['All'], isVerbatim: true };
  // Without any choice, a pattern that takes everything is truer than one that takes nothing.
  if (choices.length === 0) return { values: ['.*'], texts: ['All'], isVerbatim: true };
  return { values: choices.map(({ value }) => value), texts: ['All'], isPattern };
}

/** The address parameters that carry what is chosen: `var-namespace=shop`. */
export function addressOf(states: readonly VariableState[]): readonly (readonly [string, string])[] {
  return states.flatMap(({ variable, chosen }) =>
    variable.type === 'constant'
      ? []
      : chosen.map((value): [string, string] => [`var-${variable.name}`, value]),
  );
}
