import { formatLabels, type Labels } from '../../model/labels.ts';
import { formatSampleValue } from '../../promql/format-number.ts';

/** `data` of an answer to a query. */
export type DataJson =
  | { readonly resultType: 'vector'; readonly result: readonly VectorJson[] }
  | { readonly resultType: 'matrix'; readonly result: readonly MatrixJson[] }
  | { readonly resultType: 'scalar' | 'string'; readonly result: PointJson };

type PointJson = readonly [seconds: number, value: string];
type HistogramPointJson = readonly [seconds: number, histogram: HistogramJson];

interface VectorJson {
  readonly metric: Labels;
  readonly value?: PointJson;
  readonly histogram?: HistogramPointJson;
}

interface MatrixJson {
  readonly metric: Labels;
  readonly values?: readonly PointJson[];
  readonly histograms?: readonly HistogramPointJson[];
}

interface HistogramJson {
  readonly count: string;
  readonly sum: string;
  readonly buckets?: readonly (readonly [ends: number, lower: string, upper: string, count: string])[];
}

/** As promtool prints it, with a newline at its end. */
export function showData(data: DataJson): string {
  switch (data.resultType) {
    case 'scalar':
      return `scalar: ${shownValue(data.result[1])} ${timeOf(data.result[0])}\n`;
    case 'string':
      return `${data.result[1]}\n`;
    case 'vector':
      return `${data.result.map(showSample).join('\n')}\n`;
    case 'matrix':
      return `${data.result.map(showSeries).join('\n')}\n`;
  }
}

function showSample({ metric, value, histogram }: VectorJson): string {
  const name = formatLabels(metric);
  if (histogram !== undefined) return `${name} => ${histogramOf(histogram[1])} ${timeOf(histogram[0])}`;
  return `${name} => ${shownValue(value?.[1] ?? 'NaN')} ${timeOf(value?.[0] ?? 0)}`;
}

function showSeries({ metric, values = [], histograms = [] }: MatrixJson): string {
  const lines = [
    ...values.map(([seconds, value]) => `${shownValue(value)} ${timeOf(seconds)}`),
    ...histograms.map(([seconds, histogram]) => `${histogramOf(histogram)} ${timeOf(seconds)}`),
  ];
  return `${formatLabels(metric)} =>\n${lines.join('\n')}`;
}

function shownValue(text: string): string {
  if (text === 'NaN' || text.endsWith('Inf')) return text;
  return formatSampleValue(Number(text));
}

function timeOf(seconds: number): string {
  return `@[${formatSampleValue(seconds)}]`;
}

function histogramOf({ count, sum, buckets = [] }: HistogramJson): string {
  const shown = buckets.map(([ends, lower, upper, of]) => {
    const left = ends === 1 || ends === 3 ? '[' : '(';
    const right = ends === 0 || ends === 3 ? ']' : ')';
    return `${left}${lower},${upper}${right}:${shownValue(of)}`;
  });
  return `Count: ${fixed(count)}, Sum: ${fixed(sum)}, Buckets: [${shown.join(' ')}]`;
}

function fixed(text: string): string {
  const value = Number(text.replace('Inf', 'Infinity'));
  return Number.isFinite(value) ? value.toFixed(6) : text;
}
