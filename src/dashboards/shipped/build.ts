// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are Grafana's variables
/**
 * What our dashboards are written with: small functions that make Grafana's classic JSON, so that a dashboard's source says only what
 * is particular to it.
 *
 * Source: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
 */
import { gridColumns } from '../read-panels.ts';

/** The schema that current Grafana writes, so that nothing has to be migrated. */
const schemaVersion = 42;
/** Works for dashboards that are provisioned as well as for those that are imported by hand. */
const source = { type: 'prometheus', uid: '${datasource}' } as const;

export type Json = Readonly<Record<string, unknown>>;

export interface Query {
  readonly expr: string;
  /** `{{pod}}`; the labels that differ when left out. */
  readonly legend?: string;
  /** Asks for the end of the range alone; `table` also makes labels columns. */
  readonly as?: 'range' | 'instant' | 'table' | 'heatmap';
}

export type Step = readonly [from: number | null, colour: string];

export interface Look {
  readonly description: string;
  readonly unit?: string;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  readonly noValue?: string;
  readonly thresholds?: readonly Step[];
  readonly mappings?: readonly Json[];
  readonly overrides?: readonly Json[];
  readonly links?: readonly Json[];
  readonly options?: Json;
  readonly custom?: Json;
  readonly colour?: Json;
  readonly transformations?: readonly Json[];
  readonly repeat?: string;
}

/** A panel that has no place and no number yet. */
export interface Draft {
  readonly width: number;
  readonly height: number;
  readonly json: Json;
}

/** Panels from left to right, wrapped at the grid's width; with a title, a row of their own that may be folded. */
export interface Section {
  readonly title?: string;
  readonly isFolded?: boolean;
  readonly panels: readonly Draft[];
}

export function query(expr: string, legend?: string, as?: Query['as']): Query {
  return { expr, ...(legend === undefined ? {} : { legend }), ...(as === undefined ? {} : { as }) };
}

export function panel(
  type: string,
  title: string,
  size: readonly [width: number, height: number],
  queries: readonly Query[],
  look: Look,
): Draft {
  const {
    description,
    thresholds,
    overrides = [],
    options = {},
    custom = {},
    transformations,
    repeat,
  } = look;
  return {
    width: size[0],
    height: size[1],
    json: {
      type,
      title,
      description,
      datasource: source,
      targets: queries.map(targetOf),
      fieldConfig: {
        defaults: {
          color: look.colour ?? { mode: thresholds === undefined ? 'palette-classic' : 'thresholds' },
          custom,
          ...only(look, ['unit', 'decimals', 'min', 'max', 'noValue', 'links']),
          mappings: look.mappings ?? [],
          thresholds: {
            mode: 'absolute',
            steps: (thresholds ?? [[null, 'green']]).map(([value, color]) => ({ value, color })),
          },
        },
        overrides,
      },
      options,
      ...(transformations === undefined ? {} : { transformations }),
      ...(repeat === undefined ? {} : { repeat, repeatDirection: 'h' }),
    },
  };
}

export function timeseries(title: string, width: number, queries: readonly Query[], look: Look): Draft {
  return panel('timeseries', title, [width, 8], queries, {
    ...look,
    custom: {
      drawStyle: 'line',
      lineInterpolation: 'linear',
      lineWidth: 1,
      fillOpacity: 8,
      showPoints: 'never',
      spanNulls: false,
      stacking: { group: 'A', mode: 'none' },
      thresholdsStyle: { mode: look.thresholds === undefined ? 'off' : 'dashed' },
      ...look.custom,
    },
    colour: look.colour ?? { mode: 'palette-classic' },
    options: {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
      tooltip: { mode: 'multi', sort: 'desc' },
      ...look.options,
    },
  });
}

/** Areas on top of each other. */
export const stacked: Json = { fillOpacity: 30, stacking: { group: 'A', mode: 'normal' } };

/** A legend as a table with what the lines come to. */
export function calcs(...names: readonly string[]): Json {
  return { legend: { displayMode: 'table', placement: 'bottom', showLegend: true, calcs: names } };
}

/** One number as it is now: that of the last step of a day would be ten minutes old, and a zero of then is no good news. */
export function stat(title: string, width: number, queries: readonly Query[], look: Look): Draft {
  const now = queries.map((each): Query => ({ ...each, as: 'instant' }));
  return panel('stat', title, [width, 4], now, {
    ...look,
    options: {
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      colorMode: 'value',
      graphMode: 'none',
      justifyMode: 'auto',
      orientation: 'auto',
      textMode: 'auto',
      ...look.options,
    },
  });
}

export function gauge(
  title: string,
  size: readonly [width: number, height: number],
  queries: readonly Query[],
  look: Look,
): Draft {
  return panel('gauge', title, size, queries, {
    ...look,
    options: {
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      showThresholdLabels: false,
      showThresholdMarkers: true,
      orientation: 'auto',
      ...look.options,
    },
  });
}

export function bargauge(title: string, width: number, queries: readonly Query[], look: Look): Draft {
  return panel('bargauge', title, [width, 8], queries, {
    ...look,
    options: {
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      orientation: 'horizontal',
      displayMode: 'basic',
      valueMode: 'color',
      showUnfilled: true,
      ...look.options,
    },
  });
}

export function heatmap(title: string, width: number, expr: string, look: Look): Draft {
  return panel('heatmap', title, [width, 8], [query(expr, '{{le}}', 'heatmap')], {
    ...look,
    options: {
      calculate: false,
      cellGap: 1,
      color: { mode: 'scheme', scheme: 'Blues', steps: 64 },
      yAxis: { unit: look.unit ?? 's', axisPlacement: 'left' },
      legend: { show: true },
      tooltip: { mode: 'single', yHistogram: false },
      ...look.options,
    },
  });
}

/** Rows of labels and values; `columns` names those that are shown, in order, with their titles. */
export function table(
  title: string,
  size: readonly [width: number, height: number],
  queries: readonly Query[],
  columns: Readonly<Record<string, string>>,
  look: Look,
): Draft {
  const names = Object.keys(columns);
  return panel(
    'table',
    title,
    size,
    queries.map((one) => ({ ...one, as: 'table' as const })),
    {
      ...look,
      custom: { align: 'auto', cellOptions: { type: 'auto' }, inspect: false, ...look.custom },
      options: { showHeader: true, cellHeight: 'sm', ...look.options },
      transformations: [
        ...(queries.length > 1 ? [{ id: 'merge', options: {} }] : []),
        ...(look.transformations ?? []),
        {
          id: 'organize',
          options: {
            excludeByName: {},
            includeByName: Object.fromEntries(names.map((name) => [name, true])),
            indexByName: Object.fromEntries(names.map((name, at) => [name, at])),
            renameByName: columns,
          },
        },
      ],
    },
  );
}

export function text(title: string, width: number, content: string): Draft {
  return {
    width,
    height: 4,
    json: { type: 'text', title, datasource: source, options: { mode: 'markdown', content } },
  };
}

/** Properties for the column of one name. */
export function column(name: string, properties: Json): Json {
  return {
    matcher: { id: 'byName', options: name },
    properties: Object.entries(properties).map(([id, value]) => ({ id, value })),
  };
}

export const colours = {
  critical: 'dark-red',
  high: 'dark-orange',
  medium: 'dark-yellow',
  low: 'blue',
  negligible: 'super-light-blue',
  unknown: 'text',
} as const;

/** Lines named like severities in their colours. */
export function severityColours(): Json[] {
  return Object.entries(colours).map(([name, fixedColor]) =>
    column(name, { color: { mode: 'fixed', fixedColor } }),
  );
}

/** The same for a column of severities in a table. */
export function severityCells(name: string): Json {
  const options = Object.fromEntries(
    Object.entries(colours).map(([value, color], index) => [value, { text: value, color, index }]),
  );
  return column(name, {
    mappings: [{ type: 'value', options }],
    'custom.cellOptions': { type: 'color-text' },
  });
}

export function variable(name: string, label: string, values: string, more: Json = {}): Json {
  return {
    type: 'query',
    name,
    label,
    datasource: source,
    definition: values,
    query: { qryType: 1, query: values, refId: `${name}-variable` },
    refresh: 2,
    regex: '',
    sort: 1,
    multi: true,
    includeAll: true,
    allValue: '.*',
    hide: 0,
    current: { selected: true, text: ['All'], value: ['$__all'] },
    options: [],
    ...more,
  };
}

export interface Book {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly from?: string;
  readonly variables: readonly Json[];
  readonly annotations?: readonly Json[];
  readonly sections: readonly Section[];
}

/** Alerts of ours that fire, as marks on every panel. */
export function alertMarks(selector: string): Json {
  return {
    name: 'Alerts',
    datasource: source,
    enable: true,
    hide: false,
    iconColor: 'red',
    expr: `max by (alertname, severity, namespace) (ALERTS{alertstate="firing", ${selector}})`,
    step: '60s',
    titleFormat: '{{alertname}}',
    textFormat: '{{severity}} {{namespace}}',
    tagKeys: 'severity',
  };
}

/** The dashboard as Grafana writes it. */
export function dashboard(book: Book): Json {
  return {
    id: null,
    uid: book.uid,
    title: book.title,
    description: book.description,
    tags: ['skopos', ...book.tags],
    schemaVersion,
    version: 1,
    editable: true,
    graphTooltip: 1,
    fiscalYearStartMonth: 0,
    timezone: 'browser',
    weekStart: '',
    liveNow: false,
    refresh: '30s',
    time: { from: book.from ?? 'now-6h', to: 'now' },
    timepicker: {},
    links: [
      {
        type: 'dashboards',
        title: 'Skopos',
        tags: ['skopos'],
        asDropdown: true,
        keepTime: true,
        includeVars: false,
        targetBlank: false,
        icon: 'external link',
        tooltip: '',
        url: '',
      },
    ],
    annotations: { list: book.annotations ?? [] },
    templating: {
      list: [
        {
          type: 'datasource',
          name: 'datasource',
          label: 'Data source',
          query: 'prometheus',
          regex: '',
          refresh: 1,
          hide: 0,
          multi: false,
          includeAll: false,
          current: {},
          options: [],
        },
        ...book.variables,
      ],
    },
    panels: placed(book.sections),
  };
}

function placed(sections: readonly Section[]): Json[] {
  const panels: Json[] = [];
  let y = 0;
  let id = 1;
  for (const { title, isFolded = false, panels: drafts } of sections) {
    if (title !== undefined) {
      const gridPos = { h: 1, w: gridColumns, x: 0, y: y++ };
      panels.push({ id: id++, type: 'row', title, collapsed: isFolded, gridPos, panels: [] });
    }
    const { found, bottom } = flowed(drafts, y, id);
    y = bottom;
    id += found.length;
    const row = isFolded ? panels.pop() : undefined;
    if (row === undefined) panels.push(...found);
    else panels.push({ ...row, panels: found });
  }
  return panels;
}

/** Panels from left to right, in as many lines as they need. */
function flowed(drafts: readonly Draft[], top: number, firstId: number): { found: Json[]; bottom: number } {
  const found: Json[] = [];
  let [x, y, height] = [0, top, 0];
  for (const { width, height: own, json } of drafts) {
    if (x + width > gridColumns) [x, y, height] = [0, y + height, 0];
    found.push({ id: firstId + found.length, ...json, gridPos: { h: own, w: width, x, y } });
    x += width;
    height = Math.max(height, own);
  }
  return { found, bottom: y + height };
}

function targetOf({ expr, legend, as = 'range' }: Query, index: number): Json {
  const format = as === 'table' || as === 'heatmap' ? as : 'time_series';
  const isInstant = as === 'instant' || as === 'table';
  return {
    refId: String.fromCharCode(65 + index),
    datasource: source,
    editorMode: 'code',
    expr,
    format,
    legendFormat: legend ?? '__auto',
    instant: isInstant,
    range: !isInstant,
  };
}

function only(look: Look, names: readonly (keyof Look)[]): Json {
  return Object.fromEntries(
    names.filter((name) => look[name] !== undefined).map((name) => [name, look[name]]),
  );
}
