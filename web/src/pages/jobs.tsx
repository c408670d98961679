import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { mostJobs, useJobs } from '../api/operator.ts';
import type { JobJson } from '../api/types.ts';
import { JobState, outcomeOf } from '../components/job-state.tsx';
import { ListPage } from '../components/list-page.tsx';
import { ScanTabs } from '../components/scan-tabs.tsx';
import { StartScan } from '../components/start-scan.tsx';
import { Empty } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { UrlFacet, UrlSearch } from '../components/url-filters.tsx';
import { type Column, VirtualTable } from '../components/virtual-table.tsx';
import { duration } from '../format/time.ts';
import { count, counted } from '../format/words.ts';
import { useUrlState } from '../hooks/use-url-state.ts';

/** Scans and other jobs: what was asked for, by whom, and what came of it. */
export function Jobs(): ReactElement {
  const url = useUrlState();
  const { set } = url;
  const filter = { q: url.get('q'), state: url.get('state'), schedule: url.get('schedule') };
  const query = useJobs(filter);
  const states = Object.entries(query.data?.states ?? {}).filter(([, of]) => of > 0);
  return (
    <ListPage
      title="Jobs"
      what="the jobs"
      query={query}
      status={query.data === undefined ? '' : totalText(query.data)}
      actions={<StartScan />}
      tabs={<ScanTabs />}
      filters={
        <>
          <UrlSearch url={url} label="Search jobs" />
          <UrlFacet
            url={url}
            name="state"
            label="State"
            facets={states.map(([value, of]) => ({ value, label: value, count: of }))}
          />
          {filter.schedule !== '' && (
            <button type="button" className="plain-button" onClick={() => set({ schedule: '' })}>
              Runs of {filter.schedule} ✕
            </button>
          )}
        </>
      }
    >
      {({ items }) =>
        items.length === 0 ? (
          <None isFiltered={filter.q + filter.state + filter.schedule !== ''} />
        ) : (
          <VirtualTable
            label="Jobs"
            isOld={query.isPlaceholderData}
            place={JSON.stringify(filter)}
            count={items.length}
            item={(index) => items[index]}
            id={({ id }) => id}
            to={jobPath}
            columns={columns}
            card={(job) => <Card job={job} />}
          />
        )
      }
    </ListPage>
  );
}

function totalText({ total, waiting }: { readonly total: number; readonly waiting: number }): string {
  const shown = total > mostJobs ? `, the newest ${count(mostJobs)} are shown` : '';
  return `${counted(total, 'job')}${shown}${waiting > 0 ? `, ${count(waiting)} waiting` : ''}`;
}

function None({ isFiltered }: { readonly isFiltered: boolean }): ReactElement {
  if (isFiltered) return <Empty title="No job is like that" />;
  return (
    <Empty title="Nothing has been scanned on request yet">
      <p>
        Everything is judged again as it changes, so nobody has to ask. A scan judges all of it anew and notes
        how it stands; <Link to="/schedules">recurring scans</Link> do so by the clock.
      </p>
    </Empty>
  );
}

export function jobPath({ id }: JobJson): string {
  return `/jobs/${encodeURIComponent(id)}`;
}

function tookOf({ startedAtMs, endedAtMs }: JobJson): string {
  return startedAtMs === undefined || endedAtMs === undefined ? '' : duration(endedAtMs - startedAtMs);
}

const columns: readonly Column<JobJson>[] = [
  { key: 'state', label: 'State', width: '7.5rem', cell: ({ state }) => <JobState state={state} /> },
  {
    key: 'title',
    label: 'Job',
    width: 'minmax(0, 1.4fr)',
    cell: (job) => (
      <Link to={jobPath(job)} className="vt-link" tabIndex={-1} title={job.title}>
        {job.title}
      </Link>
    ),
  },
  {
    key: 'outcome',
    label: 'What came of it',
    width: 'minmax(0, 1.6fr)',
    cell: (job) => (
      <span className="dim small" title={outcomeOf(job)}>
        {outcomeOf(job)}
      </span>
    ),
  },
  { key: 'by', label: 'Asked by', width: '9rem', cell: ({ origin, schedule }) => schedule || origin },
  { key: 'took', label: 'Took', width: '5rem', cell: tookOf },
  { key: 'at', label: 'When', width: '8rem', cell: ({ createdAtMs }) => <Ago atMs={createdAtMs} /> },
];

function Card({ job }: { readonly job: JobJson }): ReactElement {
  return (
    <>
      <span className="row spread">
        <JobState state={job.state} />
        <span className="small dim">
          <Ago atMs={job.createdAtMs} />
        </span>
      </span>
      <span className="clip">
        <Link to={jobPath(job)} className="vt-link" tabIndex={-1}>
          {job.title}
        </Link>
      </span>
      <span className="clip small dim">{outcomeOf(job) || job.schedule || job.origin}</span>
    </>
  );
}
