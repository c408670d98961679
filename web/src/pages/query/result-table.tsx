import { type ReactElement, useMemo } from 'react';
import { type Column, VirtualTable } from '../../components/virtual-table.tsx';
import { clockTime } from '../../format/time.ts';
import { count, counted } from '../../format/words.ts';
import { numberOf, shortNumber } from './graph-data.ts';
import { type HistogramJson, type QueryData, seriesName } from './prometheus.ts';

/** One line of the table. */
export interface ResultRow {
  readonly index: number;
  readonly name: string;
  /** In full, for copies and files. */
  readonly value: string;
  readonly seconds: number;
  readonly histogram?: HistogramJson;
  /** Of a range of samples, how many. */
  readonly samples?: number;
}

export function rowsOf(data: QueryData): readonly ResultRow[] {
  switch (data.resultType) {
    case 'scalar':
    case 'string':
      return [{ index: 0, name: data.resultType, value: data.result[1], seconds: data.result[0] }];
    case 'vector':
      return data.result.map(({ metric, value, histogram }, index) => ({
        index,
        name: seriesName(metric),
        ...(histogram === undefined
          ? { value: value?.[1] ?? '', seconds: value?.[0] ?? 0 }
          : { value: histogramText(histogram[1]), seconds: histogram[0], histogram: histogram[1] }),
      }));
    case 'matrix':
      return data.result.map(({ metric, values = [], histograms = [] }, index) => ({
        index,
        name: seriesName(metric),
        value: [
          ...values.map(([seconds, value]) => `${value} @${seconds}`),
          ...histograms.map(([seconds, histogram]) => `${histogramText(histogram)} @${seconds}`),
        ].join(' '),
        seconds: values.at(-1)?.[0] ?? histograms.at(-1)?.[0] ?? 0,
        samples: values.length + histograms.length,
      }));
  }
}

function histogramText({ count: of, sum }: HistogramJson): string {
  return `count ${of}, sum ${sum}`;
}

const columns: readonly Column<ResultRow>[] = [
  {
    key: 'series',
    label: 'Series',
    width: 'minmax(0, 3fr)',
    cell: ({ name }) => (
      <span className="mono small" title={name}>
        {name === '' ? '{}' : name}
      </span>
    ),
  },
  { key: 'value', label: 'Value', width: 'minmax(0, 1.4fr)', cell: (row) => <Value row={row} /> },
  {
    key: 'time',
    label: 'Time',
    width: '7.5rem',
    cell: ({ seconds }) => <span className="mono small dim">{clockTime(seconds * 1000)}</span>,
  },
];

const rowPixels = 36;

/** The answer as a table that draws only what can be seen, so that 10,000 series scroll smoothly. */
export function ResultTable({
  data,
  place,
}: {
  readonly data: QueryData;
  readonly place: string;
}): ReactElement {
  const rows = useMemo(() => rowsOf(data), [data]);
  return (
    <div
      className="result-table"
      style={{ height: `min(60vh, ${rows.length * rowPixels + rowPixels * 2}px)` }}
    >
      <VirtualTable
        label="Result"
        place={`result ${place}`}
        count={rows.length}
        item={(index) => rows[index]}
        id={({ index }) => String(index)}
        columns={columns}
        cardHeight={64}
        card={(row) => (
          <>
            <span className="mono small clip" title={row.name}>
              {row.name === '' ? '{}' : row.name}
            </span>
            <Value row={row} />
          </>
        )}
      />
    </div>
  );
}

function Value({ row: { value, histogram, samples } }: { readonly row: ResultRow }): ReactElement {
  if (samples !== undefined)
    return (
      <span className="small clip" title={value}>
        {counted(samples, 'sample')}: <span className="mono">{value}</span>
      </span>
    );
  if (histogram !== undefined) return <HistogramBars histogram={histogram} />;
  return (
    <span className="mono" title={value}>
      {value}
    </span>
  );
}

/** The buckets of a native histogram side by side; each has the same width, as bounds grow without end. */
function HistogramBars({ histogram }: { readonly histogram: HistogramJson }): ReactElement {
  const buckets = histogram.buckets ?? [];
  const largest = Math.max(...buckets.map(([, , , of]) => numberOf(of)), 0);
  return (
    <span className="row">
      <span className="histogram" role="img" aria-label={`${count(buckets.length)} buckets`}>
        {buckets.map(([, lower, upper, of]) => (
          <i
            key={lower}
            style={{ height: `${largest > 0 ? Math.max(6, (100 * numberOf(of)) / largest) : 6}%` }}
            title={`${lower} to ${upper}: ${of}`}
          />
        ))}
      </span>
      <span className="mono small">
        {shortNumber(numberOf(histogram.count))} · sum {shortNumber(numberOf(histogram.sum))}
      </span>
    </span>
  );
}
