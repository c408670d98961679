import { SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { Loaded } from '../components/loaded.tsx';
import { SearchField } from '../components/search-field.tsx';
import { StateMark } from '../components/severity.tsx';
import { Empty, Loading } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { counted } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import { useUrlState } from '../hooks/use-url-state.ts';
import { type Labels, read, seriesName } from './query/prometheus.ts';

interface ActiveTarget {
  readonly discoveredLabels: Labels;
  readonly labels: Labels;
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly lastError: string;
  /** What was odd about a scrape that worked. */
  readonly lastWarning?: string;
  readonly lastScrape: string;
  readonly lastScrapeDuration: number;
  readonly health: 'up' | 'down' | 'unknown';
  readonly scrapeInterval: string;
}

interface Targets {
  readonly activeTargets: readonly ActiveTarget[];
  readonly droppedTargetCounts: Readonly<Record<string, number>>;
}

const marks = {
  up: { tone: 'good', label: 'up' },
  down: { tone: 'bad', label: 'down' },
  unknown: { tone: 'neutral', label: 'not scraped yet' },
} as const;

/** More are not drawn: the search finds the others. */
const mostShown = 500;

/** What is scraped, how the last scrape went, and what each target was before relabelling. */
export function TargetsPage(): ReactElement {
  useTitle('Targets');
  const url = useUrlState();
  const query = useQuery({
    queryKey: ['targets'],
    queryFn: async ({ signal }) => (await read<Targets>('v1/targets', [], signal)).data,
    refetchInterval: 5000,
  });
  const state = url.get('state') || 'all';
  const search = url.get('q');
  return (
    <div className="page">
      <header>
        <h1>Targets</h1>
      </header>
      <div className="row wraps">
        <SegmentedControl
          size="xs"
          aria-label="State"
          value={state}
          onChange={(value) => url.set({ state: value === 'all' ? '' : value })}
          data={['all', 'up', 'down', 'unknown']}
        />
        <SearchField
          label="Search targets"
          value={search}
          onChange={(value) => url.set({ q: value }, true)}
        />
      </div>
      <Loaded
        query={query}
        what="load the targets"
        loading={<Loading lines={10} label="Loading the targets" />}
      >
        {(targets) => <Pools targets={targets} state={state} search={search} />}
      </Loaded>
    </div>
  );
}

function Pools({
  targets,
  state,
  search,
}: {
  readonly targets: Targets;
  readonly state: string;
  readonly search: string;
}): ReactElement {
  const { activeTargets: all, droppedTargetCounts: dropped } = targets;
  const pools = Object.keys(dropped);
  if (pools.length === 0)
    return (
      <Empty title="Nothing is scraped">
        <p>
          Start Skopos with <code>--prometheus-config prometheus.yml</code>, or name the file at{' '}
          <code>metrics.prometheus_config</code>.
        </p>
      </Empty>
    );
  const wanted = search.toLowerCase();
  const found = all.filter(
    (target) =>
      (state === 'all' || target.health === state) &&
      `${target.scrapeUrl} ${target.scrapePool} ${seriesName(target.labels)} ${target.lastError}`
        .toLowerCase()
        .includes(wanted),
  );
  const shown = found.slice(0, mostShown);
  return (
    <div className="stack">
      {found.length === 0 && (
        <Empty title="No target matches">
          <p>Choose another state, or search for less.</p>
        </Empty>
      )}
      {pools.map((pool) => {
        const own = shown.filter(({ scrapePool }) => scrapePool === pool);
        const inPool = all.filter(({ scrapePool }) => scrapePool === pool);
        const up = inPool.filter(({ health }) => health === 'up').length;
        if (own.length === 0 && (search !== '' || state !== 'all')) return null;
        return (
          <section key={pool} className="panel stack tight" aria-label={`Job ${pool}`}>
            <div className="row spread wraps">
              <h2 className="wrap">{pool}</h2>
              <span className="small dim">
                {up} of {counted(inPool.length, 'target')} up
                {(dropped[pool] ?? 0) > 0 && `, ${dropped[pool] ?? 0} more dropped by relabelling`}
              </span>
            </div>
            {own.map((target) => (
              <Target key={`${target.scrapeUrl} ${seriesName(target.labels)}`} target={target} />
            ))}
          </section>
        );
      })}
      {found.length > shown.length && (
        <p className="dim">{counted(found.length - shown.length, 'more target')} match; search for less.</p>
      )}
    </div>
  );
}

function Target({ target }: { readonly target: ActiveTarget }): ReactElement {
  const { health, scrapeUrl, labels, discoveredLabels, lastError, lastScrape, lastScrapeDuration } = target;
  const { tone, label } = marks[health];
  const atMs = Date.parse(lastScrape);
  return (
    <div className="stack tight">
      <div className="row wraps small">
        <StateMark tone={tone} label={label} />
        <code className="wrap">{scrapeUrl}</code>
        <span className="dim">
          every {target.scrapeInterval}
          {atMs > 0 && (
            <>
              , last <Ago atMs={atMs} /> in {Math.round(lastScrapeDuration * 10_000) / 10} ms
            </>
          )}
        </span>
      </div>
      {(lastError || target.lastWarning) && (
        <p className="wrap small" role="status">
          {lastError || target.lastWarning}
        </p>
      )}
      <details className="small">
        <summary>
          <code className="wrap">{seriesName(labels)}</code>
        </summary>
        <p className="dim">Before relabelling:</p>
        <code className="wrap">{seriesName(discoveredLabels)}</code>
      </details>
    </div>
  );
}
