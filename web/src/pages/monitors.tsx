import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { useMonitors } from '../api/monitoring.ts';
import type { MonitorJson } from '../api/types.ts';
import { HealthMark } from '../components/health-mark.tsx';
import { ListPage } from '../components/list-page.tsx';
import { MonitoringTabs } from '../components/monitoring-tabs.tsx';
import { Empty } from '../components/states.tsx';
import { UrlFacet, UrlSearch } from '../components/url-filters.tsx';
import { type Column, VirtualTable } from '../components/virtual-table.tsx';
import { count, counted } from '../format/words.ts';
import { useUrlState } from '../hooks/use-url-state.ts';

/** Objects of the Prometheus operator, and whether they are picked up. */
export function Monitors(): ReactElement {
  const url = useUrlState();
  const filter = { q: url.get('q'), kind: url.get('kind'), state: url.get('state'), limit: 10_000 };
  const query = useMonitors(filter);
  return (
    <ListPage
      title="Objects"
      what="the objects"
      query={query}
      status={query.data === undefined ? '' : counted(query.data.total, 'object')}
      tabs={<MonitoringTabs />}
      filters={
        <>
          <UrlSearch url={url} label="Search objects" />
          {(['state', 'kind'] as const).map((name) => (
            <UrlFacet
              url={url}
              name={name}
              key={name}
              label={name === 'state' ? 'State' : 'Kind'}
              facets={(query.data?.facets[name] ?? []).filter((facet) => facet.count > 0)}
            />
          ))}
        </>
      }
    >
      {({ isConfigured, items }) =>
        items.length === 0 ? (
          <None isConfigured={isConfigured} isFiltered={filter.q + filter.kind + filter.state !== ''} />
        ) : (
          <VirtualTable
            label="Objects"
            isOld={query.isPlaceholderData}
            place={JSON.stringify(filter)}
            count={items.length}
            item={(index) => items[index]}
            id={monitorPath}
            to={monitorPath}
            columns={columns}
            card={(monitor) => <Card monitor={monitor} />}
            cardHeight={92}
          />
        )
      }
    </ListPage>
  );
}

function None({
  isConfigured,
  isFiltered,
}: {
  readonly isConfigured: boolean;
  readonly isFiltered: boolean;
}): ReactElement {
  if (isFiltered) return <Empty title="No object is like that" />;
  return (
    <Empty
      title={
        isConfigured ? 'There are no such objects' : 'Objects of the Prometheus operator are not looked at'
      }
    >
      <p>
        {isConfigured
          ? 'No ServiceMonitor, PodMonitor, Probe, ScrapeConfig or PrometheusRule is among the objects that are watched.'
          : 'ServiceMonitor, PodMonitor, Probe, ScrapeConfig and PrometheusRule objects are honoured once metrics.operator in skopos.yaml says which:'}
      </p>
      {!isConfigured && (
        <pre className="small">
          {'metrics:\n  operator:\n    serviceMonitorSelector: {}\n    serviceMonitorNamespaceSelector: {}'}
        </pre>
      )}
    </Empty>
  );
}

function monitorPath({ kind, namespace, name }: MonitorJson): string {
  return `/monitors/${[kind, namespace, name].map(encodeURIComponent).join('/')}`;
}

/** What it brings: targets or rules. */
function workOf({ kind, rules, up, targets }: MonitorJson): string {
  return kind === 'PrometheusRule' ? counted(rules, 'rule') : `${count(up)} of ${count(targets)} up`;
}

const columns: readonly Column<MonitorJson>[] = [
  {
    key: 'state',
    label: 'State',
    width: '8.5rem',
    cell: ({ state }) => <HealthMark state={state} />,
  },
  { key: 'kind', label: 'Kind', width: '9rem', cell: ({ kind }) => kind },
  {
    key: 'object',
    label: 'Object',
    width: 'minmax(0, 1fr)',
    cell: (monitor) => (
      <Link to={monitorPath(monitor)} className="vt-link" tabIndex={-1}>
        {monitor.namespace}/{monitor.name}
      </Link>
    ),
  },
  { key: 'work', label: 'Brings', width: '9rem', cell: workOf },
  {
    key: 'reason',
    label: 'Why',
    width: 'minmax(0, 2fr)',
    cell: ({ reason }) => (
      <span className="dim small" title={reason}>
        {reason}
      </span>
    ),
  },
];

function Card({ monitor }: { readonly monitor: MonitorJson }): ReactElement {
  return (
    <>
      <span className="row spread">
        <HealthMark state={monitor.state} />
        <span className="small dim">{monitor.kind}</span>
      </span>
      <span className="clip">
        <Link to={monitorPath(monitor)} className="vt-link" tabIndex={-1}>
          {monitor.namespace}/{monitor.name}
        </Link>
      </span>
      <span className="clip small dim">{monitor.reason || workOf(monitor)}</span>
    </>
  );
}
