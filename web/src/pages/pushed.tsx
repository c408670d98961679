import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { type PushedGroupJson, type PushedJson, type PushedStateJson, usePushed } from '../api/pushed.ts';
import { ListPage } from '../components/list-page.tsx';
import { MonitoringTabs } from '../components/monitoring-tabs.tsx';
import { PushedMark } from '../components/pushed-mark.tsx';
import { Segments } from '../components/segments.tsx';
import { Empty } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { UrlSearch } from '../components/url-filters.tsx';
import { type Column, VirtualTable } from '../components/virtual-table.tsx';
import { duration } from '../format/time.ts';
import { count, counted } from '../format/words.ts';
import { useUrlState } from '../hooks/use-url-state.ts';

const words: readonly (readonly [state: PushedStateJson, word: string])[] = [
  ['stale', 'Stale'],
  ['refused', 'Refused'],
  ['taken', 'Taken'],
];

/** Metrics that jobs pushed, group by group. */
export function Pushed(): ReactElement {
  const url = useUrlState();
  const { set } = url;
  const filter = { q: url.get('q'), state: url.get('state') };
  const query = usePushed(filter);
  const choices = words.map(([value, word]) => ({
    value,
    label: query.data === undefined ? word : `${word} ${count(query.data.counts[value])}`,
  }));
  return (
    <ListPage
      title="Pushed metrics"
      what="the groups"
      query={query}
      status={query.data?.isOn === true ? counted(query.data.total, 'group') : ''}
      tabs={<MonitoringTabs />}
      filters={
        query.data?.isOn !== false && (
          <>
            <UrlSearch url={url} label="Search groups" />
            <Segments
              label="State of the last push"
              choices={[{ value: '', label: 'All' }, ...choices]}
              value={filter.state}
              onChange={(state) => set({ state })}
            />
          </>
        )
      }
    >
      {(data) => <Groups data={data} filter={filter} isOld={query.isPlaceholderData} />}
    </ListPage>
  );
}

function Groups({
  data: { isOn, items },
  filter,
  isOld,
}: {
  readonly data: PushedJson;
  readonly filter: { readonly q: string; readonly state: string };
  readonly isOld: boolean;
}): ReactElement {
  if (!isOn) return <Off />;
  if (items.length === 0)
    return filter.q + filter.state === '' ? <NonePushed /> : <Empty title="No group is like that" />;
  return (
    <VirtualTable
      label="Groups of pushed metrics"
      place={`pushed ${JSON.stringify(filter)}`}
      isOld={isOld}
      count={items.length}
      item={(index) => items[index]}
      id={({ path }) => path}
      to={groupAddress}
      columns={columns}
      card={(group) => <Card group={group} />}
    />
  );
}

function Off(): ReactElement {
  return (
    <Empty title="Nothing can be pushed here">
      <p>
        Jobs that end before anybody could scrape them push what they have to say, once{' '}
        <code>skopos.yaml</code> has
      </p>
      <pre className="small">{'push: {}'}</pre>
    </Empty>
  );
}

function NonePushed(): ReactElement {
  return (
    <Empty title="Nothing has been pushed yet">
      <pre className="small">
        {`echo 'backup_last_success_timestamp_seconds 1767225600' |\n  curl --data-binary @- ${new URL('metrics/job/backup', document.baseURI).href}`}
      </pre>
    </Empty>
  );
}

function groupAddress({ path }: PushedGroupJson): string {
  return `/pushed/group?path=${encodeURIComponent(path)}`;
}

function nameOf({ labels: { job = '', ...others } }: PushedGroupJson): string {
  return [job, ...Object.entries(others).map(([name, value]) => `${name}=${value}`)].join(' · ');
}

const columns: readonly Column<PushedGroupJson>[] = [
  { key: 'state', label: 'Last push', width: '7rem', cell: ({ state }) => <PushedMark state={state} /> },
  {
    key: 'group',
    label: 'Group',
    width: 'minmax(0, 1fr)',
    cell: (group) => (
      <Link to={groupAddress(group)} className="vt-link" tabIndex={-1}>
        {nameOf(group)}
      </Link>
    ),
  },
  { key: 'metrics', label: 'Metrics', width: '5.5rem', cell: ({ families }) => count(families) },
  { key: 'series', label: 'Series', width: '5.5rem', cell: ({ series }) => count(series) },
  {
    key: 'pushed',
    label: 'Taken',
    width: '9rem',
    cell: ({ pushedAtMs }) => (pushedAtMs === undefined ? 'never' : <Ago atMs={pushedAtMs} />),
  },
  {
    key: 'lives',
    label: 'Counts for',
    width: '8rem',
    cell: ({ timeToLiveMs }) => (timeToLiveMs === undefined ? 'ever' : duration(timeToLiveMs)),
  },
];

function Card({ group }: { readonly group: PushedGroupJson }): ReactElement {
  return (
    <>
      <span className="row spread">
        <PushedMark state={group.state} />
        <span className="small dim">{group.pushedAtMs !== undefined && <Ago atMs={group.pushedAtMs} />}</span>
      </span>
      <span className="clip">
        <Link to={groupAddress(group)} className="vt-link" tabIndex={-1}>
          {nameOf(group)}
        </Link>
      </span>
      <span className="clip small dim">{counted(group.series, 'series', 'series')}</span>
    </>
  );
}
