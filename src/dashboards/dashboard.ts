/**
 * A dashboard in Grafana's classic JSON, as far as it is drawn here: read once, with every default filled in.
 *
 * Source: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
 */

export type Options = Readonly<Record<string, unknown>>;

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly timezone: 'browser' | 'utc';
  /** As it is written: `now-6h`. */
  readonly from: string;
  readonly to: string;
  /** Such as `30s`; '' for not by itself. */
  readonly refresh: string;
  /** What the pointer on one panel shows on the others. */
  readonly sharedCursor: boolean;
  readonly links: readonly DashboardLink[];
  readonly variables: readonly Variable[];
  readonly annotations: readonly Annotation[];
  /** In the order of the file; rows that are folded hold their panels themselves. */
  readonly panels: readonly Panel[];
}

/** A link of the whole dashboard: to an address, or to every dashboard that has all of some tags. */
export interface DashboardLink {
  readonly kind: 'link' | 'dashboards';
  readonly title: string;
  readonly url: string;
  readonly tags: readonly string[];
  readonly keepTime: boolean;
  readonly includeVars: boolean;
  readonly newTab: boolean;
}

export interface DataLink {
  readonly title: string;
  readonly url: string;
  readonly newTab: boolean;
}

export type VariableType = 'query' | 'custom' | 'constant' | 'interval' | 'datasource' | 'textbox' | 'other';

export interface Variable {
  readonly type: VariableType;
  readonly name: string;
  /** Its label, or its name. */
  readonly label: string;
  readonly description: string;
  /** Of a query: `label_values(up, job)`. Of the others what Grafana keeps there: a comma list, a value. */
  readonly query: string;
  readonly regex: string;
  /** Grafana's number: 0 as they come, 1 and 2 by letters, 3 and 4 by number, 5 and 6 by letters whatever their case, 7 and 8 naturally. */
  readonly sort: number;
  /** When its choices are asked for again. */
  readonly refresh: 'never' | 'load' | 'range';
  readonly multi: boolean;
  readonly includeAll: boolean;
  /** What stands for all, instead of the list of them. */
  readonly allValue: string;
  readonly hide: 'no' | 'label' | 'variable';
  readonly current: readonly string[];
  readonly options: readonly VariableChoice[];
}

export interface VariableChoice {
  readonly text: string;
  readonly value: string;
}

/** What stands for "all" where a variable's value is kept. */
export const allValues = '$__all';

export interface Annotation {
  readonly name: string;
  readonly enabled: boolean;
  readonly hidden: boolean;
  readonly expr: string;
  readonly step: string;
  readonly titleFormat: string;
  readonly textFormat: string;
  readonly tagKeys: readonly string[];
  readonly colour: string;
}

/** Columns and rows of Grafana's grid: 24 columns; a row of the grid is 38 pixels high there. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface Panel {
  readonly id: number;
  /** `timeseries`, `stat`, …; anything, as there are more than are drawn. */
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly place: Place;
  readonly targets: readonly Target[];
  readonly fields: FieldConfig;
  readonly options: Options;
  readonly transformations: readonly Transformation[];
  readonly links: readonly DataLink[];
  /** The least time between two points: `30s`; '' for what fits. */
  readonly interval: string;
  readonly maxDataPoints: number | undefined;
  /** A range of its own, `1h`, and how far it is moved back; '' for the dashboard's. */
  readonly timeFrom: string;
  readonly timeShift: string;
  readonly transparent: boolean;
  readonly repeat: Repeat | undefined;
  /** Of a row: whether it is folded, and then its panels. */
  readonly folded: boolean;
  readonly panels: readonly Panel[];
}

export interface Repeat {
  readonly variable: string;
  readonly direction: 'h' | 'v';
  readonly mostPerRow: number;
}

export interface Target {
  readonly refId: string;
  /** '' for a query of something that is not Prometheus. */
  readonly expr: string;
  /** `{{pod}}`; '' or `__auto` for the name that fits. */
  readonly legend: string;
  readonly format: 'time_series' | 'table' | 'heatmap';
  readonly instant: boolean;
  readonly hidden: boolean;
  readonly interval: string;
}

export interface Transformation {
  readonly id: string;
  readonly options: Options;
  readonly disabled: boolean;
}

export interface FieldConfig {
  readonly defaults: Options;
  readonly overrides: readonly FieldOverride[];
}

export interface FieldOverride {
  readonly matcher: { readonly id: string; readonly options: unknown };
  readonly properties: readonly { readonly id: string; readonly value: unknown }[];
}

/** Every panel, those of folded rows included. */
export function allPanels({ panels }: Pick<Dashboard, 'panels'>): Panel[] {
  return panels.flatMap((panel) => [panel, ...panel.panels]);
}
