import { numberOf } from './json-view.ts';

export type Cell = number | string | null;
export type Labels = Readonly<Record<string, string>>;

/** A column. Times are Unix ms. */
export interface Field {
  readonly name: string;
  readonly type: 'time' | 'number' | 'string';
  readonly values: readonly Cell[];
  readonly labels?: Labels;
  /** The name that the query's legend gives it. */
  readonly legend?: string;
}

/** Columns of the same length, as one query of a panel answered them. */
export interface Frame {
  readonly refId: string;
  readonly fields: readonly Field[];
}

/** A sample of an answer: seconds and the value as text. */
export type Point = readonly [seconds: number, value: string];

export interface AnswerHistogram {
  readonly count: string;
  readonly sum: string;
  readonly buckets?: readonly (readonly [ends: number, lower: string, upper: string, count: string])[];
}

export interface AnswerSeries {
  readonly metric: Labels;
  readonly value?: Point;
  readonly values?: readonly Point[];
  readonly histogram?: readonly [number, AnswerHistogram];
  readonly histograms?: readonly (readonly [number, AnswerHistogram])[];
}

export interface AnswerData {
  readonly resultType: 'vector' | 'matrix' | 'scalar' | 'string';
  readonly result: readonly AnswerSeries[] | Point;
}

export interface FrameOptions {
  readonly refId: string;
  readonly legend: string;
  readonly format: 'time_series' | 'table' | 'heatmap';
  /** How many queries the panel has: the value of a table is named by its query where there are several. */
  readonly queries: number;
}

/** The series of any answer; a scalar is one without labels. */
export function seriesOf({ resultType, result }: AnswerData): readonly AnswerSeries[] {
  if (resultType === 'scalar' || resultType === 'string') return [{ metric: {}, value: result as Point }];
  return result as readonly AnswerSeries[];
}

/** What Grafana's Prometheus source makes of an answer: a frame for each series, or one table of them all. */
export function framesOf(data: AnswerData, options: FrameOptions): Frame[] {
  const series = seriesOf(data);
  return options.format === 'table' ? [tableOf(series, options)] : series.map((one) => frameOf(one, options));
}

function frameOf(series: AnswerSeries, { refId, legend }: FrameOptions): Frame {
  const points = pointsOf(series);
  return {
    refId,
    fields: [
      { name: 'Time', type: 'time', values: points.map(([seconds]) => seconds * 1000) },
      {
        name: 'Value',
        type: 'number',
        values: points.map(([, value]) => sampleOf(value)),
        labels: series.metric,
        legend: legendOf(series.metric, legend),
      },
    ],
  };
}

function tableOf(series: readonly AnswerSeries[], { refId, queries }: FrameOptions): Frame {
  const labels = [...new Set(series.flatMap(({ metric }) => Object.keys(metric)))].sort();
  const rows = series.flatMap(({ metric, ...points }) =>
    pointsOf({ metric, ...points }).map((point) => ({ metric, point })),
  );
  return {
    refId,
    fields: [
      { name: 'Time', type: 'time', values: rows.map(({ point }) => point[0] * 1000) },
      ...labels.map(
        (label): Field => ({
          name: label,
          type: 'string',
          values: rows.map(({ metric }) => metric[label] ?? ''),
        }),
      ),
      {
        name: queries > 1 ? `Value #${refId}` : 'Value',
        type: 'number',
        values: rows.map(({ point }) => sampleOf(point[1])),
      },
    ],
  };
}

/** Of a native histogram its count: what has no buckets in a table or on a line still says how much there was. */
function pointsOf({ value, values, histogram, histograms }: AnswerSeries): readonly Point[] {
  if (values !== undefined) return values;
  if (value !== undefined) return [value];
  const all = histograms ?? (histogram === undefined ? [] : [histogram]);
  return all.map(([seconds, { count }]): Point => [seconds, count]);
}

function sampleOf(text: string): number | null {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  return numberOf(text) ?? null;
}

/** The name of a series: its legend with labels put in, or the series as it is written. */
export function legendOf(labels: Labels, legend: string): string {
  if (legend !== '' && legend !== '__auto')
    return legend.replace(/\{\{\s*(.+?)\s*\}\}/g, (_, label: string) => labels[label] ?? '');
  const pairs = Object.entries(labels).filter(([name]) => name !== '__name__');
  const only = pairs[0];
  // One label says it all; which one, the panel's title says.
  if (legend === '__auto' && pairs.length === 1 && only !== undefined) return only[1];
  const name = labels['__name__'] ?? '';
  if (pairs.length === 0) return name === '' ? 'Value' : name;
  return `${name}{${pairs.map(([label, value]) => `${label}="${value}"`).join(', ')}}`;
}

/** What stands above a column or beside a line when nothing is configured. */
export function nameOf({ name, legend, labels }: Field): string {
  if (legend !== undefined) return legend;
  if (labels === undefined || Object.keys(labels).length === 0) return name;
  return `${name} ${legendOf(labels, '')}`;
}

/** How many rows. */
export function lengthOf({ fields }: Frame): number {
  return fields[0]?.values.length ?? 0;
}

/** The same frame with other rows. */
export function withRows(frame: Frame, rows: readonly number[]): Frame {
  return {
    ...frame,
    fields: frame.fields.map((field) => ({ ...field, values: rows.map((row) => field.values[row] ?? null) })),
  };
}
