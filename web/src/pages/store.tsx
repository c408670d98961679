import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { Loaded } from '../components/loaded.tsx';
import { MonitoringTabs } from '../components/monitoring-tabs.tsx';
import { Empty, Loading } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { largestUnit } from '../format/time.ts';
import { count } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import { queryLink } from './query/panel-state.ts';
import { read } from './query/prometheus.ts';

interface NamedCount {
  readonly name: string;
  readonly value: number;
}

interface StoreStatus {
  readonly headStats: {
    readonly numSeries: number;
    readonly numLabelPairs: number;
    readonly chunkCount: number;
    readonly minTime: number;
    readonly maxTime: number;
  };
  readonly seriesCountByMetricName: readonly NamedCount[];
  readonly labelValueCountByLabelName: readonly NamedCount[];
  readonly memoryInBytesByLabelName: readonly NamedCount[];
  readonly seriesCountByLabelValuePair: readonly NamedCount[];
}

interface Block {
  readonly ulid: string;
  readonly minTime: number;
  readonly maxTime: number;
  readonly stats?: { readonly numSamples?: number; readonly numSeries?: number };
  readonly compaction?: { readonly level?: number };
}

const refreshSlowlyMs = 30_000;

/** What the store holds: the head, what makes most of its series, and the blocks on disk. */
export function StorePage(): ReactElement {
  useTitle('Store');
  const query = useQuery({
    queryKey: ['monitoring', 'store'],
    queryFn: async ({ signal }) => {
      const [status, blocks] = await Promise.all([
        read<StoreStatus>('v1/status/tsdb', [['limit', '20']], signal),
        read<{ readonly blocks: readonly Block[] }>('v1/status/tsdb/blocks', [], signal),
      ]);
      return { status: status.data, blocks: blocks.data.blocks };
    },
    refetchInterval: refreshSlowlyMs,
  });
  return (
    <div className="page">
      <header>
        <h1>Store</h1>
      </header>
      <MonitoringTabs />
      <Loaded query={query} what="load the store" loading={<Loading lines={10} label="Loading the store" />}>
        {({ status, blocks }) => (
          <>
            <Head head={status.headStats} />
            <div className="cards-grid">
              <Top
                title="Most series, by metric"
                items={status.seriesCountByMetricName}
                to={(name) => queryLink(`count({__name__="${name}"})`, 'table')}
              />
              <Top title="Most values, by label" items={status.labelValueCountByLabelName} />
              <Top
                title="Most series, by label and value"
                items={status.seriesCountByLabelValuePair}
                to={(pair) => queryLink(`count({${selectorOf(pair)}})`, 'table')}
              />
              {status.memoryInBytesByLabelName.length > 0 && (
                <Top title="Most bytes of values, by label" items={status.memoryInBytesByLabelName} />
              )}
            </div>
            <Blocks blocks={blocks} />
          </>
        )}
      </Loaded>
    </div>
  );
}

/** `job=cart` as a matcher. */
function selectorOf(pair: string): string {
  const at = pair.indexOf('=');
  return `${pair.slice(0, at)}=${JSON.stringify(pair.slice(at + 1))}`;
}

function Head({ head }: { readonly head: StoreStatus['headStats'] }): ReactElement {
  const { numSeries, numLabelPairs, chunkCount, minTime, maxTime } = head;
  return (
    <section className="panel stack" aria-label="In memory">
      <h2>In memory</h2>
      <dl className="facts">
        <dt>Series</dt>
        <dd>{count(numSeries)}</dd>
        <dt>Pairs of label and value</dt>
        <dd>{count(numLabelPairs)}</dd>
        <dt>Chunks</dt>
        <dd>{count(chunkCount)}</dd>
        <dt>Time</dt>
        <dd>
          {maxTime <= minTime ? (
            'nothing yet'
          ) : (
            <>
              {largestUnit(maxTime - minTime)}, from <Ago atMs={minTime} /> to <Ago atMs={maxTime} />
            </>
          )}
        </dd>
      </dl>
    </section>
  );
}

function Top({
  title,
  items,
  to,
}: {
  readonly title: string;
  readonly items: readonly NamedCount[];
  readonly to?: (name: string) => string;
}): ReactElement {
  return (
    <section className="panel stack tight" aria-label={title}>
      <h2>{title}</h2>
      {items.length === 0 ? (
        <p className="dim">Nothing yet.</p>
      ) : (
        <table className="plain-table small">
          <tbody>
            {items.map(({ name, value }) => (
              <tr key={name}>
                <td className="mono">{to === undefined ? name : <Link to={to(name)}>{name}</Link>}</td>
                <td className="number">{count(value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Blocks({ blocks }: { readonly blocks: readonly Block[] }): ReactElement {
  if (blocks.length === 0)
    return (
      <Empty title="There are no blocks on disk yet">
        <p>
          Samples of the last hours are in memory and in the write-ahead log; blocks are written from them.
        </p>
      </Empty>
    );
  const newest = [...blocks].sort((a, b) => b.maxTime - a.maxTime);
  return (
    <section className="panel stack" aria-label="Blocks on disk">
      <h2>Blocks on disk</h2>
      <table className="plain-table small">
        <thead>
          <tr>
            <th scope="col">Block</th>
            <th scope="col">Until</th>
            <th scope="col">Spans</th>
            <th scope="col" className="number">
              Series
            </th>
            <th scope="col" className="number">
              Samples
            </th>
          </tr>
        </thead>
        <tbody>
          {newest.map(({ ulid, minTime, maxTime, stats }) => (
            <tr key={ulid}>
              <td className="mono">{ulid}</td>
              <td>
                <Ago atMs={maxTime} />
              </td>
              <td>{largestUnit(maxTime - minTime)}</td>
              <td className="number">{count(stats?.numSeries ?? 0)}</td>
              <td className="number">{count(stats?.numSamples ?? 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
