import { messageOf } from '../../kit/app-error.ts';
import { allPanels, type Dashboard, type Panel, type Place, type Variable } from '../dashboard.ts';
import { interpolate, type Scope, variablesIn } from '../interpolate.ts';
import { isRecord, listOf, numberOf, recordOf } from '../json-view.ts';
import { readDashboard } from '../read-dashboard.ts';
import { gridColumns } from '../read-panels.ts';
import { knownTransformations } from '../transformations/index.ts';
import { choicesOf, inOrder, parseVariableQuery } from '../variable-choices.ts';
import { builtIn, lintScope } from './lint-scope.ts';
import { problemsOf, selectorProblems } from './metric-uses.ts';

/** Something that is wrong with a dashboard. */
export interface DashboardProblem {
  /** `panel 4 "CPU"`, `variable "namespace"`, `annotation "Alerts"`; '' for the whole. */
  readonly where: string;
  /** `targets[0].expr`; '' where it is about no field. */
  readonly field: string;
  readonly message: string;
  /** `error`: something will not be shown, or be wrong. `warning`: it is shown otherwise than in Grafana. */
  readonly level: 'error' | 'warning';
}

/** Kinds of panels that are drawn; all others are shown as a note. */
export const drawnPanels: ReadonlySet<string> = new Set([
  ...['timeseries', 'graph', 'stat', 'gauge', 'bargauge', 'table', 'heatmap', 'row', 'text'],
]);

export interface LintOptions {
  /** Every metric that there is; whether metrics exist is not looked at when left out. */
  readonly metrics?: ReadonlySet<string>;
}

/**
 * What is wrong with a dashboard: expressions that do not parse, metrics and variables that do not exist, panels that lie on each
 * other, what is not drawn here.
 *
 * @throws {BadInputError} when it is no dashboard at all.
 */
export function lintDashboard(json: unknown, options: LintOptions = {}): DashboardProblem[] {
  const dashboard = readDashboard(json);
  const scope = lintScope(dashboard);
  const raw = isRecord(recordOf(json)['dashboard']) ? recordOf(recordOf(json)['dashboard']) : recordOf(json);
  return [
    ...wholeProblems(raw, dashboard),
    ...dashboard.variables.flatMap((variable) => variableProblems(variable, scope, options)),
    ...dashboard.annotations.flatMap(({ name, expr }) =>
      expressionProblems(expr, `annotation "${name}"`, 'expr', scope, options),
    ),
    ...allPanels(dashboard).flatMap((panel) => panelProblems(panel, scope, options)),
    ...overlaps(dashboard.panels),
  ];
}

/** As one line: `panel 4 "CPU": targets[0].expr: there is no metric …`. */
export function problemText({ where, field, message }: DashboardProblem): string {
  return [where, field, message].filter((part) => part !== '').join(': ');
}

function wholeProblems(raw: Readonly<Record<string, unknown>>, { variables }: Dashboard): DashboardProblem[] {
  const problems: DashboardProblem[] = [];
  const error = (field: string, message: string) =>
    problems.push({ where: '', field, message, level: 'error' });
  if (Array.isArray(raw['__inputs']))
    error(
      '__inputs',
      'is only understood when a dashboard is imported by hand; use a variable of the type datasource',
    );
  const ids = listOf(raw['panels'])
    .flatMap((panel) => [panel, ...listOf(recordOf(panel)['panels'])])
    .map((panel) => numberOf(recordOf(panel)['id']));
  for (const [at, id] of ids.entries())
    if (id !== undefined && ids.indexOf(id) !== at) error('panels', `two panels have the id ${id}`);
  const names = variables.map(({ name }) => name);
  for (const [at, name] of names.entries())
    if (names.indexOf(name) !== at) error('templating.list', `two variables have the name ${name}`);
  const ordered = inOrder(variables);
  const ring = ordered.filter(({ query }, at) =>
    variablesIn(query).some((needed) => ordered.slice(at + 1).some((later) => later.name === needed)),
  );
  if (ring.length > 0)
    error(
      'templating.list',
      `variables need each other in a ring: ${ring.map(({ name }) => name).join(', ')}`,
    );
  return problems;
}

function variableProblems(variable: Variable, scope: Scope, options: LintOptions): DashboardProblem[] {
  const where = `variable "${variable.name}"`;
  const problem = (field: string, message: string): DashboardProblem => ({
    where,
    field,
    message,
    level: 'error',
  });
  const problems: DashboardProblem[] = [];
  if (variable.type === 'other')
    problems.push({
      where,
      field: 'type',
      message: 'this kind of variable is passed over here',
      level: 'warning',
    });
  try {
    choicesOf(['x'], { ...variable, regex: interpolate(variable.regex, scope, 'text') });
  } catch (error) {
    problems.push(problem('regex', messageOf(error)));
  }
  if (variable.type !== 'query') return problems;
  problems.push(...unknownVariables(variable.query, where, 'query', scope));
  const query = parseVariableQuery(interpolate(variable.query, scope, 'promql'));
  const selector = query.kind === 'label-values' || query.kind === 'series' ? query.selector : '';
  const found = query.kind === 'query-result' ? problemsOf(query.expr, options.metrics) : [];
  if (selector !== '') found.push(...selectorProblems(selector, options.metrics));
  return [...problems, ...found.map((message) => problem('query', message))];
}

function panelProblems(panel: Panel, scope: Scope, options: LintOptions): DashboardProblem[] {
  const where = `panel ${panel.id} "${panel.title}"`;
  const problems: DashboardProblem[] = panel.targets.flatMap(({ expr }, at) =>
    expressionProblems(expr, where, `targets[${at}].expr`, scope, options),
  );
  const warning = (field: string, message: string) =>
    problems.push({ where, field, message, level: 'warning' });
  if (!drawnPanels.has(panel.type))
    warning('type', `"${panel.type}" is shown as a note with its expression here`);
  panel.transformations.forEach(({ id }, at) => {
    if (!knownTransformations.has(id)) warning(`transformations[${at}].id`, `"${id}" is passed over here`);
  });
  problems.push(...unknownVariables(panel.title, where, 'title', scope));
  if (panel.repeat !== undefined && !scope.has(panel.repeat.variable))
    problems.push({
      where,
      field: 'repeat',
      message: `there is no variable ${panel.repeat.variable}`,
      level: 'error',
    });
  return problems;
}

function expressionProblems(
  expr: string,
  where: string,
  field: string,
  scope: Scope,
  { metrics }: LintOptions,
): DashboardProblem[] {
  if (expr === '') return [];
  const unknown = unknownVariables(expr, where, field, scope);
  // What is not filled in would not parse either: once is enough.
  if (unknown.length > 0) return unknown;
  return problemsOf(interpolate(expr, scope, 'promql'), metrics).map((message) => ({
    where,
    field,
    message,
    level: 'error',
  }));
}

function unknownVariables(text: string, where: string, field: string, scope: Scope): DashboardProblem[] {
  return (
    variablesIn(text)
      // `$1` stands for a group of a pattern.
      .filter((name) => !scope.has(name) && !builtIn.has(name) && !/^\d+$/.test(name))
      .map((name) => ({ where, field, message: `there is no variable ${name}`, level: 'error' }))
  );
}

/** Panels that share a place; those of folded rows among themselves. */
function overlaps(panels: readonly Panel[]): DashboardProblem[] {
  const folded = panels.filter(({ panels: inner }) => inner.length > 0);
  return [panels, ...folded.map(({ panels: inner }) => inner)].flatMap((group) =>
    group.flatMap((panel, at) => {
      const below = group.slice(0, at).find((other) => meets(panel.place, other.place));
      const where = `panel ${panel.id} "${panel.title}"`;
      const problems: DashboardProblem[] = [];
      if (panel.place.x + panel.place.w > gridColumns)
        problems.push({
          where,
          field: 'gridPos',
          message: `reaches over ${gridColumns} columns`,
          level: 'error',
        });
      if (below !== undefined)
        problems.push({
          where,
          field: 'gridPos',
          message: `lies on panel ${below.id} "${below.title}"`,
          level: 'error',
        });
      return problems;
    }),
  );
}

function meets(a: Place, b: Place): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}
