import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useCallback, useMemo } from 'react';
import { Link } from 'react-router';
import { Loaded } from '../../components/loaded.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { Empty, Loading } from '../../components/states.tsx';
import { type Column, VirtualTable } from '../../components/virtual-table.tsx';
import { count, counted } from '../../format/words.ts';
import type { UrlState } from '../../hooks/use-url-state.ts';
import { queryLink } from './panel-state.ts';
import { type Labels, labelName, read } from './prometheus.ts';

interface Metric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
}

type MetadataJson = Readonly<Record<string, readonly { type: string; help: string; unit: string }[]>>;

/** Series of one metric that are looked at for its labels. */
const mostSeries = 20_000;
/** How far back: what is known of a metric is what it has been lately. */
const backMs = 3_600_000;

/** Every metric that there is, with what is known of it; and of the chosen one, its labels. */
export function Metrics({ url }: { readonly url: UrlState }): ReactElement {
  const { set } = url;
  const q = url.get('q');
  const chosen = url.get('metric');
  const query = useQuery({
    queryKey: ['metrics'],
    queryFn: async ({ signal }): Promise<readonly Metric[]> => {
      const [names, metadata] = await Promise.all([
        read<readonly string[]>('v1/label/__name__/values', [], signal),
        read<MetadataJson>('v1/metadata', [], signal),
      ]);
      return names.data.map((name) => ({ name, ...metadataOf(name, metadata.data) }));
    },
  });
  const search = useCallback((text: string) => set({ q: text }, true), [set]);
  return (
    <>
      <div className="filters">
        <SearchField value={q} onChange={search} label="Search metrics" />
      </div>
      <Loaded
        query={query}
        what="list the metrics"
        loading={<Loading lines={12} label="Loading the metrics" />}
      >
        {(metrics) => (
          <div className="explorer" data-chosen={chosen !== '' || undefined}>
            <List metrics={metrics} q={q} isNarrow={chosen !== ''} />
            {chosen !== '' && (
              <Detail
                metric={metrics.find(({ name }) => name === chosen) ?? { name: chosen, type: '', help: '' }}
                onClose={() => set({ metric: '' })}
              />
            )}
          </div>
        )}
      </Loaded>
    </>
  );
}

/** Of the family: a histogram's series have names of their own. */
function metadataOf(name: string, all: MetadataJson): { type: string; help: string } {
  const family = name.replace(/_(?:bucket|sum|count)$/, '');
  const found = all[name]?.[0] ?? all[family]?.[0];
  return { type: found?.type ?? '', help: found?.help ?? '' };
}

const columns: readonly Column<Metric>[] = [
  {
    key: 'name',
    label: 'Metric',
    width: 'minmax(0, 1.2fr)',
    cell: ({ name }) => (
      <Link className="vt-link mono small" tabIndex={-1} to={linkOf(name)}>
        {name}
      </Link>
    ),
  },
  { key: 'type', label: 'Type', width: '5.5rem', cell: ({ type }) => <span className="small">{type}</span> },
  {
    key: 'help',
    label: 'What it says',
    width: 'minmax(0, 2fr)',
    cell: ({ help }) => (
      <span className="small dim" title={help}>
        {help}
      </span>
    ),
  },
];

function linkOf(name: string): string {
  return `/query?view=metrics&metric=${encodeURIComponent(name)}`;
}

function List({
  metrics,
  q,
  isNarrow,
}: {
  readonly metrics: readonly Metric[];
  readonly q: string;
  readonly isNarrow: boolean;
}): ReactElement {
  const shown = useMemo(() => {
    const words = q.toLowerCase().split(/\s+/);
    return metrics.filter(({ name, help }) => {
      const text = `${name} ${help}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
  }, [metrics, q]);
  if (metrics.length === 0)
    return (
      <Empty title="There are no metrics yet">
        <p>The first samples are written when the source has been looked at once.</p>
      </Empty>
    );
  if (shown.length === 0) return <Empty title={`No metric has "${q}" in its name or text`} />;
  return (
    <div className="explorer-list">
      <p className="small dim" role="status">
        {counted(shown.length, 'metric')} of {count(metrics.length)}
      </p>
      <VirtualTable
        label="Metrics"
        place={`metrics ${q}`}
        count={shown.length}
        item={(index) => shown[index]}
        id={({ name }) => name}
        to={({ name }) => linkOf(name)}
        columns={isNarrow ? columns.slice(0, 2) : columns}
        card={({ name, type, help }) => (
          <>
            <Link className="vt-link mono small clip" to={linkOf(name)}>
              {name}
            </Link>
            <span className="small dim clip">
              {type} {help}
            </span>
          </>
        )}
      />
    </div>
  );
}

interface LabelCount {
  readonly name: string;
  readonly values: ReadonlyMap<string, number>;
}

function Detail({
  metric,
  onClose,
}: {
  readonly metric: Metric;
  readonly onClose: () => void;
}): ReactElement {
  const { name, type, help } = metric;
  const query = useQuery({
    queryKey: ['metric', name],
    queryFn: async ({ signal }) => {
      const { data } = await read<readonly Labels[]>(
        'v1/series',
        [
          ['match[]', `{__name__=${JSON.stringify(name)}}`],
          ['start', String((Date.now() - backMs) / 1000)],
          ['limit', String(mostSeries)],
        ],
        signal,
      );
      return { series: data.length, labels: labelsOf(data) };
    },
  });
  return (
    <section className="panel stack explorer-detail" aria-label={`Metric ${name}`}>
      <header className="row spread">
        <h2 className="mono wrap">{name}</h2>
        <button type="button" className="plain-button" onClick={onClose}>
          Close
        </button>
      </header>
      <p>
        {help === '' ? <span className="dim">Nothing is said of it.</span> : help}
        {type !== '' && <span className="dim"> ({type})</span>}
      </p>
      <div className="row wraps">
        {suggestions(metric).map(({ label, expr }) => (
          <Button key={expr} component={Link} to={queryLink(expr)} size="compact-xs" variant="default">
            {label}
          </Button>
        ))}
      </div>
      <Loaded query={query} what="read its labels" loading={<Loading lines={5} label="Loading the labels" />}>
        {({ series, labels }) => (
          <>
            <p className="small dim">
              {series >= mostSeries
                ? `The first ${count(mostSeries)} series; there are more.`
                : counted(series, 'series', 'series')}{' '}
              within the last hour.
            </p>
            <dl className="defs label-counts">
              {labels.map((label) => (
                <LabelLine key={label.name} label={label} metric={name} />
              ))}
            </dl>
          </>
        )}
      </Loaded>
    </section>
  );
}

const shownValues = 8;

function LabelLine({ label, metric }: { readonly label: LabelCount; readonly metric: string }): ReactElement {
  const values = [...label.values].sort((a, b) => b[1] - a[1]);
  return (
    <>
      <dt>
        <code>{label.name}</code> <span className="small">{counted(values.length, 'value')}</span>
      </dt>
      <dd className="row wraps">
        {values.slice(0, shownValues).map(([value, series]) => (
          <Link
            key={value}
            className="chip-link mono small clip"
            title={`${counted(series, 'series', 'series')} with ${label.name}=${JSON.stringify(value)}`}
            to={queryLink(selectorOf(metric, label.name, value))}
          >
            {value === '' ? '""' : value} <span className="dim">{count(series)}</span>
          </Link>
        ))}
        {values.length > shownValues && (
          <span className="small dim">and {count(values.length - shownValues)} more</span>
        )}
      </dd>
    </>
  );
}

/** Labels with the most values first: they are what makes a metric large. */
function labelsOf(series: readonly Labels[]): readonly LabelCount[] {
  const all = new Map<string, Map<string, number>>();
  for (const labels of series) {
    for (const [name, value] of Object.entries(labels)) {
      if (name === '__name__') continue;
      const values = all.get(name) ?? new Map<string, number>();
      all.set(name, values.set(value, (values.get(value) ?? 0) + 1));
    }
  }
  return [...all]
    .map(([name, values]) => ({ name, values }))
    .sort((a, b) => b.values.size - a.values.size || (a.name < b.name ? -1 : 1));
}

function nameOf(metric: string): string {
  return /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(metric) ? metric : `{${JSON.stringify(metric)}}`;
}

function selectorOf(metric: string, label: string, value: string): string {
  return `{__name__=${JSON.stringify(metric)}, ${labelName(label)}=${JSON.stringify(value)}}`;
}

/** What one mostly asks of a metric of its type. */
function suggestions({ name, type }: Metric): readonly { label: string; expr: string }[] {
  const metric = nameOf(name);
  if (name.endsWith('_bucket'))
    return [
      { label: '90th percentile', expr: `histogram_quantile(0.9, sum by (le) (rate(${metric}[5m])))` },
      { label: 'As it is', expr: metric },
    ];
  if (type === 'counter' || /_(?:total|count|sum)$/.test(name))
    return [
      { label: 'Rate', expr: `rate(${metric}[5m])` },
      { label: 'Sum of rates', expr: `sum(rate(${metric}[5m]))` },
      { label: 'As it is', expr: metric },
    ];
  return [
    { label: 'Query it', expr: metric },
    { label: 'Sum', expr: `sum(${metric})` },
    { label: 'Series count', expr: `count(${metric})` },
  ];
}
