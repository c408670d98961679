import { allValues, type Dashboard, type Variable } from '../dashboard.ts';
import type { Scope } from '../interpolate.ts';
import { scopeOf, type VariableState } from '../scope.ts';
import { writtenChoices } from '../variable-choices.ts';

const range = { fromMs: 1_700_000_000_000, toMs: 1_700_021_600_000 };
const steps = { intervalMs: 30_000, rateIntervalMs: 60_000 };

/** Variables with the values that they are kept with, or some value that fits: enough to see whether expressions are well formed. */
export function lintScope({ variables }: Dashboard): Scope {
  const scope = new Map(scopeOf(variables.map(stateOf), range, steps));
  for (const name of ['__dashboard', '__name', '__org', '__user']) scope.set(name, { values: ['x'] });
  return scope;
}

/** Names that texts may use without the dashboard defining them. */
export const builtIn: ReadonlySet<string> = new Set([
  ...[
    '__interval',
    '__interval_ms',
    '__rate_interval',
    '__rate_interval_ms',
    '__range',
    '__range_s',
    '__range_ms',
  ],
  ...[
    '__from',
    '__to',
    '__dashboard',
    '__name',
    '__org',
    '__user',
    '__timezone',
    'timeFilter',
    '__timeFilter',
    '__all',
  ],
  ...[
    '__data',
    '__field',
    '__value',
    '__series',
    '__url_time_range',
    '__all_variables',
    '__cell',
    '__searchFilter',
  ],
]);

function stateOf(variable: Variable): VariableState {
  const written = variable.type === 'query' ? variable.options : writtenChoices(variable);
  const choices = written.length === 0 ? [{ text: 'x', value: 'x' }] : written;
  const first = choices[0]?.value ?? 'x';
  const kept = variable.current.filter((value) => value !== '');
  const usual = variable.includeAll ? allValues : variable.type === 'interval' ? first : first;
  return { variable, choices, chosen: kept.length > 0 ? kept : [usual] };
}
