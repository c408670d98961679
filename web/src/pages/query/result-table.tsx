import { NativeSelect, TextInput } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { type ReactElement, useMemo, useState } from 'react';
import { Empty } from '../../components/states.tsx';
import { type Column, type Sort, VirtualTable } from '../../components/virtual-table.tsx';
import { absolute, clockTime } from '../../format/time.ts';
import { count, counted } from '../../format/words.ts';
import { numberOf, shortNumber } from './graph-data.ts';
import { formatSort, parseSort } from './panel-state.ts';
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
    sort: 'series',
    first: 'asc',
    width: 'minmax(0, 3fr)',
    cell: ({ name }) => (
      <span className="mono small" title={name}>
        {name === '' ? '{}' : name}
      </span>
    ),
  },
  {
    key: 'value',
    label: 'Value',
    sort: 'value',
    width: 'minmax(0, 1.4fr)',
    cell: (row) => <Value row={row} />,
  },
  {
    key: 'time',
    label: 'Time',
    width: '7.5rem',
    cell: ({ seconds }) => (
      <span className="mono small dim" title={absolute(seconds * 1000)}>
        {clockTime(seconds * 1000)}
      </span>
    ),
  },
];

const rowPixels = 36;
/** From here on one wants to look for a row. */
const leastFiltered = 8;

const orders = [
  { value: '', label: 'As answered' },
  { value: 'value-desc', label: 'Largest first' },
  { value: 'value-asc', label: 'Smallest first' },
  { value: 'series-asc', label: 'By series' },
];

/** The answer as a table that draws only what can be seen, so that 10,000 series scroll smoothly. */
export function ResultTable({
  data,
  place,
  sort,
  onSort,
}: {
  readonly data: QueryData;
  readonly place: string;
  readonly sort: Sort | undefined;
  readonly onSort: (sort: Sort | undefined) => void;
}): ReactElement {
  const [filter, setFilter] = useState('');
  const all = useMemo(() => rowsOf(data), [data]);
  const rows = useMemo(() => sortRows(filterRows(all, filter), sort), [all, filter, sort]);
  const isNarrow = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false });
  return (
    <>
      {all.length >= leastFiltered && (
        <div className="row wraps">
          <TextInput
            size="xs"
            className="result-filter"
            aria-label="Series that contain"
            placeholder="Series that contain …"
            value={filter}
            onChange={(event) => setFilter(event.currentTarget.value)}
          />
          {isNarrow && (
            <NativeSelect
              size="xs"
              aria-label="Order"
              value={sort === undefined ? '' : formatSort(sort)}
              onChange={(event) => onSort(parseSort(event.currentTarget.value))}
              data={orders}
            />
          )}
          {filter !== '' && (
            <span className="small dim" role="status">
              {count(rows.length)} of {count(all.length)}
            </span>
          )}
        </div>
      )}
      {rows.length === 0 ? (
        <Empty title={`No series of the answer contains “${filter}”`} />
      ) : (
        <Rows rows={rows} place={`${place} ${filter}`} sort={sort} onSort={onSort} />
      )}
    </>
  );
}

function filterRows(rows: readonly ResultRow[], filter: string): readonly ResultRow[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter(({ name }) => {
    const text = name.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

const byName = new Intl.Collator('en', { numeric: true });

/** Numbers by their size, NaN last either way; native histograms by their counts. */
export function sortRows(rows: readonly ResultRow[], sort: Sort | undefined): readonly ResultRow[] {
  if (sort === undefined) return rows;
  const sign = sort.order === 'asc' ? 1 : -1;
  if (sort.by === 'series') return rows.toSorted((a, b) => sign * byName.compare(a.name, b.name));
  const keyed = rows.map((row) => ({ row, key: numberOf(row.histogram?.count ?? row.value) }));
  keyed.sort((a, b) => {
    const [left, right] = [Number.isNaN(a.key), Number.isNaN(b.key)];
    if (left || right) return Number(left) - Number(right);
    return a.key === b.key ? 0 : a.key < b.key ? -sign : sign;
  });
  return keyed.map(({ row }) => row);
}

function Rows({
  rows,
  place,
  sort,
  onSort,
}: {
  readonly rows: readonly ResultRow[];
  readonly place: string;
  readonly sort: Sort | undefined;
  readonly onSort: (sort: Sort) => void;
}): ReactElement {
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
        sort={sort ?? { by: '', order: 'desc' }}
        onSort={onSort}
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
