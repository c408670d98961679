import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { refreshMs, targetsPage } from '../api/monitoring.ts';
import type { TargetJson, TargetsJson } from '../api/types.ts';
import { HealthMark } from '../components/health-mark.tsx';
import { ListPage } from '../components/list-page.tsx';
import { MonitoringTabs } from '../components/monitoring-tabs.tsx';
import { Segments } from '../components/segments.tsx';
import { Empty } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { UrlFacet, UrlSearch } from '../components/url-filters.tsx';
import { type Column, VirtualTable } from '../components/virtual-table.tsx';
import { duration } from '../format/time.ts';
import { count, counted } from '../format/words.ts';
import { useUrlState } from '../hooks/use-url-state.ts';
import { useWindowed } from '../hooks/use-windowed.ts';

/** What is scraped and how the last scrape went; any number of targets. */
export function TargetsPage(): ReactElement {
  const url = useUrlState();
  const { set } = url;
  const sort = {
    by: url.get('sort') || 'state',
    order: url.get('order') === 'desc' ? 'desc' : 'asc',
  } as const;
  const state = url.get('state');
  const filter = { q: url.get('q'), job: url.get('job'), state, sort: sort.by, order: sort.order };
  const { first, total, table } = useWindowed<TargetJson, TargetsJson>({
    key: ['targets', filter],
    fetch: (offset, limit, signal) => targetsPage(filter, offset, limit, signal),
    refetchMs: refreshMs,
  });
  const counts = first.data?.counts;
  return (
    <ListPage
      title="Targets"
      what="the targets"
      query={first}
      status={first.data === undefined ? '' : counted(total, 'target')}
      tabs={<MonitoringTabs />}
      filters={
        <>
          <UrlSearch url={url} label="Search targets" />
          <Segments
            label="State"
            value={state}
            onChange={(value) => set({ state: value })}
            choices={[
              { value: '', label: 'All' },
              { value: 'down', label: counts === undefined ? 'Down' : `Down ${count(counts.down)}` },
              { value: 'up', label: counts === undefined ? 'Up' : `Up ${count(counts.up)}` },
              {
                value: 'unknown',
                label: counts === undefined ? 'Not scraped' : `Not scraped ${count(counts.unknown)}`,
              },
            ]}
          />
          <UrlFacet
            url={url}
            name="job"
            label="Job"
            facets={(first.data?.jobs ?? []).map(({ job, targets }) => ({
              value: job,
              label: job,
              count: targets,
            }))}
          />
        </>
      }
    >
      {({ jobs }) =>
        total === 0 ? (
          <None hasJobs={jobs.length > 0} />
        ) : (
          <VirtualTable
            label="Targets"
            {...table}
            id={targetPath}
            to={targetPath}
            columns={columns}
            card={(target) => <Card target={target} />}
            cardHeight={96}
            sort={sort}
            onSort={({ by, order }) =>
              set({ sort: by === 'state' ? '' : by, order: order === 'asc' ? '' : order })
            }
          />
        )
      }
    </ListPage>
  );
}

function None({ hasJobs }: { readonly hasJobs: boolean }): ReactElement {
  if (hasJobs)
    return (
      <Empty title="No target is like that">
        <p>
          Take filters away, or see in <Link to="/service-discovery">discovery</Link> what was found and what
          relabelling dropped.
        </p>
      </Empty>
    );
  return (
    <Empty title="Nothing is scraped">
      <p>
        Start Skopos with <code>--prometheus-config prometheus.yml</code>, name the file at{' '}
        <code>metrics.prometheus_config</code>, or set <code>metrics.operator</code> so that{' '}
        <Link to="/monitors">ServiceMonitors and the like</Link> are honoured.
      </p>
    </Empty>
  );
}

function targetPath({ job, url }: TargetJson): string {
  return `/target?job=${encodeURIComponent(job)}&url=${encodeURIComponent(url)}`;
}

const columns: readonly Column<TargetJson>[] = [
  {
    key: 'state',
    label: 'State',
    width: '8.5rem',
    sort: 'state',
    first: 'asc',
    cell: ({ health }) => <HealthMark state={health} />,
  },
  {
    key: 'target',
    label: 'Target',
    width: 'minmax(0, 1.6fr)',
    sort: 'target',
    first: 'asc',
    cell: (target) => (
      <Link to={targetPath(target)} className="vt-link mono" tabIndex={-1} title={target.url}>
        {target.url}
      </Link>
    ),
  },
  {
    key: 'job',
    label: 'Job',
    width: 'minmax(0, 1fr)',
    cell: ({ job }) => <span title={job}>{job}</span>,
  },
  {
    key: 'last',
    label: 'Last scrape',
    width: '7rem',
    sort: 'last',
    cell: ({ lastScrapeMs }) => (lastScrapeMs === undefined ? '' : <Ago atMs={lastScrapeMs} />),
  },
  {
    key: 'duration',
    label: 'Took',
    width: '5rem',
    sort: 'duration',
    cell: ({ lastScrapeMs, lastScrapeSeconds }) =>
      lastScrapeMs === undefined ? '' : duration(lastScrapeSeconds * 1000),
  },
  {
    key: 'samples',
    label: 'Samples',
    width: '5.5rem',
    sort: 'samples',
    cell: ({ samples }) => count(samples),
  },
  {
    key: 'problem',
    label: 'What went wrong',
    width: 'minmax(0, 1.4fr)',
    cell: ({ lastError, warning }) => (
      <span className={lastError === '' ? 'dim small' : 'bad-text small'} title={lastError || warning}>
        {lastError || warning}
      </span>
    ),
  },
];

function Card({ target }: { readonly target: TargetJson }): ReactElement {
  const { health, url, job, lastError, warning, lastScrapeMs } = target;
  return (
    <>
      <span className="row spread">
        <HealthMark state={health} />
        <span className="small dim">{lastScrapeMs !== undefined && <Ago atMs={lastScrapeMs} />}</span>
      </span>
      <span className="clip">
        <Link to={targetPath(target)} className="vt-link mono" tabIndex={-1}>
          {url}
        </Link>
      </span>
      <span className="clip small dim">{lastError || warning || job}</span>
    </>
  );
}
