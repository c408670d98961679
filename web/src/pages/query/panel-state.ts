/** What one panel shows. Names in the address are those of Prometheus' own page, so that its links work here too. */
export interface PanelState {
  readonly expr: string;
  readonly tab: Tab;
  readonly rangeMs: number;
  /** Unix ms; undefined is now. */
  readonly endMs: number | undefined;
  /** Between two points of the graph, ms; undefined is chosen to fit. */
  readonly stepMs: number | undefined;
  readonly stacked: boolean;
  /** Order of the table's rows; as answered where there is none. */
  readonly sort: Sort | undefined;
}

/** By which column of the table, and which way. */
export interface Sort {
  readonly by: string;
  readonly order: 'asc' | 'desc';
}

export type Tab = 'table' | 'graph' | 'explain';

export const emptyPanel: PanelState = {
  expr: '',
  tab: 'graph',
  rangeMs: 3_600_000,
  endMs: undefined,
  stepMs: undefined,
  stacked: false,
  sort: undefined,
};

/** More are not read from an address. */
const mostPanels = 20;

/** The panels of an address; one empty panel where it names none. */
export function readPanels(params: URLSearchParams): readonly PanelState[] {
  const panels: PanelState[] = [];
  for (let i = 0; i < mostPanels && params.has(`g${i}.expr`); i++) panels.push(readPanel(params, `g${i}.`));
  return panels.length > 0 ? panels : [emptyPanel];
}

function readPanel(params: URLSearchParams, prefix: string): PanelState {
  const text = (name: string): string => params.get(prefix + name) ?? '';
  const tab = text('tab');
  return {
    expr: text('expr'),
    // Prometheus 2 numbers its tabs.
    tab: tab === 'table' || tab === '1' ? 'table' : tab === 'explain' ? 'explain' : 'graph',
    rangeMs: parseSpan(text('range_input')) ?? emptyPanel.rangeMs,
    endMs: parseEnd(text('end_input')),
    stepMs: Number(text('step_input')) > 0 ? Math.round(Number(text('step_input')) * 1000) : undefined,
    stacked: text('display_mode') === 'stacked' || text('stacked') === '1',
    sort: parseSort(text('sort')),
  };
}

/** The parameters of all panels; what is as usual is left out. */
export function writePanels(panels: readonly PanelState[], before: URLSearchParams): URLSearchParams {
  const params = new URLSearchParams([...before].filter(([name]) => !/^g\d+\./.test(name)));
  panels.forEach((panel, i) => {
    const set = (name: string, value: string): void => params.set(`g${i}.${name}`, value);
    set('expr', panel.expr);
    set('tab', panel.tab);
    if (panel.rangeMs !== emptyPanel.rangeMs) set('range_input', formatSpan(panel.rangeMs));
    if (panel.endMs !== undefined) set('end_input', new Date(panel.endMs).toISOString());
    if (panel.stepMs !== undefined) set('step_input', String(panel.stepMs / 1000));
    if (panel.stacked) set('display_mode', 'stacked');
    if (panel.sort !== undefined) set('sort', formatSort(panel.sort));
  });
  return params;
}

/** A link to one query, such as one from the list of metrics. */
export function queryLink(expr: string, tab: Tab = 'graph'): string {
  return `/query?${writePanels([{ ...emptyPanel, expr, tab }], new URLSearchParams())}`;
}

/** `value-desc`; undefined for anything that is no order of the table. */
export function parseSort(text: string): Sort | undefined {
  const [, by = '', order] = /^(series|value)-(asc|desc)$/.exec(text) ?? [];
  return by === '' ? undefined : { by, order: order === 'asc' ? 'asc' : 'desc' };
}

export function formatSort({ by, order }: Sort): string {
  return `${by}-${order}`;
}

function parseEnd(text: string): number | undefined {
  if (text === '') return undefined;
  // Prometheus writes `2026-03-01 12:00:00`, in UTC.
  const ms = Date.parse(/[zZ]|[+-]\d\d:\d\d$/.test(text) ? text : `${text.replace(' ', 'T')}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

const units = { y: 31_536_000, w: 604_800, d: 86_400, h: 3600, m: 60, s: 1 } as const;

/** `1h`, `90m`, `1d12h`: milliseconds; undefined for anything else. */
export function parseSpan(text: string): number | undefined {
  if (!/^(?:\d+[ywdhms])+$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)([ywdhms])/g))
    seconds += Number(count) * units[unit as keyof typeof units];
  return seconds > 0 ? seconds * 1000 : undefined;
}

export function formatSpan(ms: number): string {
  let left = Math.max(1, Math.round(ms / 1000));
  let text = '';
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const count = Math.floor(left / units[unit]);
    if (count > 0) text += `${count}${unit}`;
    left -= count * units[unit];
  }
  return text;
}

/** The next longer or shorter range of those that one usually wants. */
export function nextRange(ms: number, direction: 1 | -1): number {
  const list = ranges.map((text) => parseSpan(text) ?? 0);
  const found = direction > 0 ? list.find((each) => each > ms) : list.findLast((each) => each < ms);
  return found ?? ms;
}

export const ranges = ['5m', '15m', '30m', '1h', '3h', '6h', '12h', '1d', '2d', '1w', '2w'] as const;

/** About a point for each three pixels of a wide screen, in whole seconds. */
export function stepFor({ rangeMs, stepMs }: Pick<PanelState, 'rangeMs' | 'stepMs'>): number {
  const least = Math.ceil(rangeMs / 11_000);
  return Math.max(stepMs ?? Math.max(1000, Math.round(rangeMs / 250 / 1000) * 1000), least);
}
