import { TextInput } from '@mantine/core';
import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { useConnection, useExposure } from '../api/relations.ts';
import type { ConnectionJson, ExposureJson, GateJson } from '../api/types.ts';
import { resourcePath } from '../components/control-rows.tsx';
import { ListPage } from '../components/list-page.tsx';
import { Loaded } from '../components/loaded.tsx';
import { PostureTabs } from '../components/posture-tabs.tsx';
import { ObjectLink, scopeWords, WayMark, wayWords } from '../components/relations.tsx';
import { Segments } from '../components/segments.tsx';
import { StateMark } from '../components/severity.tsx';
import { Empty } from '../components/states.tsx';
import { UrlSearch } from '../components/url-filters.tsx';
import { type Column, VirtualTable } from '../components/virtual-table.tsx';
import { count, counted, listed, objectName } from '../format/words.ts';
import { type UrlState, useUrlState } from '../hooks/use-url-state.ts';

type Row = ExposureJson['items'][number];

const states = [
  { value: '', label: 'All' },
  { value: 'open,not-filtered', label: 'Open' },
  { value: 'limited', label: 'Limited' },
  { value: 'closed', label: 'Closed' },
];

/** What can be reached from outside of the cluster, and whether one workload may connect to another. */
export function Exposure(): ReactElement {
  const url = useUrlState();
  const { set } = url;
  const filter = { state: url.get('state'), q: url.get('q') };
  const query = useExposure(filter);
  const total = query.data?.total ?? 0;
  const blind = query.data?.notEvaluated ?? [];
  return (
    <ListPage
      title="Exposure"
      what="what can be reached"
      query={query}
      status={query.data === undefined ? '' : counted(total, 'workload')}
      tabs={<PostureTabs />}
      above={
        <>
          {blind.length > 0 && (
            <p className="warning">
              {listed(blind)} limit traffic too and are not evaluated: what is called open may be closed by
              them.
            </p>
          )}
          <MayConnect url={url} />
        </>
      }
      filters={
        <>
          <UrlSearch url={url} label="Search workloads and hosts" />
          <Segments
            label="State"
            choices={states}
            value={filter.state}
            onChange={(state) => set({ state })}
          />
        </>
      }
      below={
        query.data !== undefined &&
        total > query.data.items.length && (
          <p className="small dim">
            The first {count(query.data.items.length)} are shown; search for others.
          </p>
        )
      }
    >
      {({ items }) =>
        items.length === 0 ? (
          <Empty title="Nothing can be reached">
            <p>No workload under these filters can be reached from outside of the cluster.</p>
          </Empty>
        ) : (
          <VirtualTable
            label="Workloads that can be reached"
            isOld={query.isPlaceholderData}
            place={JSON.stringify(filter)}
            count={items.length}
            item={(index) => items[index]}
            id={({ key }) => key}
            to={({ key }) => resourcePath(key)}
            columns={columns}
            card={(row) => <Card row={row} />}
            cardHeight={92}
          />
        )
      }
    </ListPage>
  );
}

/** "May the web shop connect to the database?" */
function MayConnect({ url }: { readonly url: UrlState }): ReactElement {
  const question = { from: url.get('from'), to: url.get('to'), port: url.get('port') };
  const isAsked = question.from !== '' && question.to !== '';
  const query = useConnection(question);
  return (
    <details className="panel" open={isAsked || undefined}>
      <summary>May one workload connect to another?</summary>
      <div className="filters">
        {(['from', 'to', 'port'] as const).map((name) => (
          <TextInput
            key={name}
            size="xs"
            label={{ from: 'From', to: 'To', port: 'Port' }[name]}
            placeholder={
              { from: 'apps/Deployment/shop/web', to: 'apps/StatefulSet/shop/db', port: 'its own' }[name]
            }
            defaultValue={url.get(name)}
            onChange={(event) => url.set({ [name]: event.currentTarget.value.trim() }, true)}
          />
        ))}
      </div>
      {isAsked && (
        <Loaded query={query} what="tell whether they may connect">
          {(connection) => <Answer connection={connection} />}
        </Loaded>
      )}
    </details>
  );
}

function Answer({ connection: { ports, to } }: { readonly connection: ConnectionJson }): ReactElement {
  if (ports.length === 0)
    return <p className="dim">{objectName(to.object)} names no port that it listens on; ask for one.</p>;
  return (
    <ul className="plain-list">
      {ports.map(({ port, isOpen, egress, ingress }) => (
        <li key={`${port.protocol} ${port.port}`} className="row wraps">
          <StateMark
            tone={isOpen ? 'warn' : 'good'}
            label={`${port.protocol} ${port.port} ${isOpen ? 'open' : 'closed'}`}
          />
          <span className="small wrap">
            out: <Gate gate={egress} />; in: <Gate gate={ingress} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function Gate({ gate: { isOpen, policies } }: { readonly gate: GateJson }): ReactElement {
  if (policies.length === 0) return <>no policy is in the way</>;
  return (
    <>
      {isOpen ? 'let through by ' : 'kept back by '}
      {policies.map((named, index) => (
        <span key={named.key}>
          {index > 0 && ', '}
          <ObjectLink named={named} />
        </span>
      ))}
    </>
  );
}

const columns: readonly Column<Row>[] = [
  {
    key: 'object',
    label: 'Workload',
    width: 'minmax(0, 1.2fr)',
    cell: ({ key, object }) => (
      <Link to={resourcePath(key)} tabIndex={-1} title={objectName(object)}>
        {objectName(object)}
      </Link>
    ),
  },
  {
    key: 'state',
    label: 'Policies say',
    width: '8rem',
    cell: ({ ways: [way] }) => way && <WayMark state={way.state} />,
  },
  {
    key: 'ways',
    label: 'How',
    width: 'minmax(0, 2fr)',
    cell: (row) => (
      <span className="small" title={waysText(row)}>
        {waysText(row)}
      </span>
    ),
  },
];

function waysText({ ways }: Row): string {
  return ways
    .map((way) => {
      const hosts = way.hosts.length === 0 ? '' : ` as ${way.hosts.join(', ')}`;
      const ports = way.ports.map(({ port }) => port).join(', ');
      return `${wayWords[way.kind]}${hosts} ${scopeWords(way)}${ports === '' ? '' : ` to port ${ports}`}`;
    })
    .join('; ');
}

function Card({ row }: { readonly row: Row }): ReactElement {
  const [way] = row.ways;
  return (
    <>
      <span className="row spread">
        {way !== undefined && <WayMark state={way.state} />}
        <span className="small dim">{way !== undefined && wayWords[way.kind]}</span>
      </span>
      <span className="clip">
        <Link to={resourcePath(row.key)} className="vt-link" tabIndex={-1}>
          {objectName(row.object)}
        </Link>
      </span>
      <span className="clip small">{waysText(row)}</span>
    </>
  );
}
