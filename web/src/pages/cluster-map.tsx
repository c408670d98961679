import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { mapWorkloads, useClusterMap } from '../api/live.ts';
import type { ClusterMapJson, MapNamespaceJson, MapWorkloadJson, MapWorkloadsJson } from '../api/types.ts';
import { resourcePath } from '../components/control-rows.tsx';
import { FacetFilter } from '../components/facet-filter.tsx';
import { Loaded } from '../components/loaded.tsx';
import { MapCells, MapLegend, workloadStates } from '../components/map-cells.tsx';
import { PostureTabs } from '../components/posture-tabs.tsx';
import { SeverityMark, StateMark } from '../components/severity.tsx';
import { Empty, Loading } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { UrlSearch } from '../components/url-filters.tsx';
import { type Column, VirtualTable } from '../components/virtual-table.tsx';
import { count, counted } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import { type UrlState, useUrlState } from '../hooks/use-url-state.ts';
import { useWindowed } from '../hooks/use-windowed.ts';

/** Squares in a row of a tile, and in a tile. */
const columns = 20;
const mostSquares = columns * 18;

/** Namespaces and their workloads, by the worst that is known of each; one namespace as a list. */
export function ClusterMap(): ReactElement {
  useTitle('Cluster map');
  const url = useUrlState();
  const namespace = url.get('namespace');
  const filter = { state: url.get('state'), kind: url.get('kind'), q: url.get('q') };
  const query = useClusterMap(filter);
  const isZoomed = namespace !== '';
  return (
    <div className={isZoomed ? 'page fill' : 'page'}>
      <header>
        <h1>{isZoomed ? <span className="mono">{namespace}</span> : 'Cluster map'}</h1>
        {isZoomed ? (
          <Link className="small" to={mapPath({ ...filter, namespace: '' })}>
            ← All namespaces
          </Link>
        ) : (
          <span className="dim" role="status">
            {query.data === undefined ? '' : total(query.data)}
          </span>
        )}
      </header>
      <PostureTabs />
      <Loaded query={query} what="load the map" loading={<Loading lines={10} label="Loading the map" />}>
        {(map) => (
          <>
            <Filters map={map} url={url} />
            <Unreadable map={map} />
            {isZoomed ? (
              <Zoomed namespace={namespace} filter={filter} />
            ) : (
              <Tiles map={map} filter={filter} />
            )}
          </>
        )}
      </Loaded>
    </div>
  );
}

interface MapFilter {
  readonly state: string;
  readonly kind: string;
  readonly q: string;
}

function total({ total: shown, of, namespaces }: ClusterMapJson): string {
  const workloads = shown === of ? counted(of, 'workload') : `${count(shown)} of ${counted(of, 'workload')}`;
  return `${workloads} in ${counted(namespaces.length, 'namespace')}`;
}

function mapPath(params: Readonly<Record<string, string>>): string {
  const search = new URLSearchParams(Object.entries(params).filter(([, value]) => value !== ''));
  return `/cluster-map?${search}`;
}

function Filters({ map, url }: { readonly map: ClusterMapJson; readonly url: UrlState }): ReactElement {
  const { set } = url;
  const states = workloadStates.map(({ state, label }) => ({
    value: state,
    label,
    count: map.facets.state.find(({ value }) => value === state)?.count ?? 0,
  }));
  return (
    <div className="filters">
      <UrlSearch url={url} label="Search workloads" />
      <FacetFilter
        label="State"
        facets={states}
        chosen={url.list('state')}
        onChange={(state) => set({ state })}
      />
      <FacetFilter
        label="Kind"
        facets={map.facets.kind}
        chosen={url.list('kind')}
        onChange={(kind) => set({ kind })}
      />
    </div>
  );
}

/** What cannot be seen now is said before what can. */
function Unreadable({ map: { unreadable } }: { readonly map: ClusterMapJson }): ReactElement | null {
  const [first] = unreadable;
  if (first === undefined) return null;
  return (
    <div className="banner" role="status">
      <span>
        {unreadable.map(({ kind }) => kind).join(', ')} cannot be read since <Ago atMs={first.sinceMs} />:{' '}
        {first.reason}. What you see of them is from before.
      </span>
    </div>
  );
}

function Tiles({ map, filter }: { readonly map: ClusterMapJson; readonly filter: MapFilter }): ReactElement {
  if (map.of === 0) {
    return (
      <Empty title="There are no workloads yet">
        <p>Deployments, pods and the like appear here as soon as they have been read and judged.</p>
      </Empty>
    );
  }
  if (map.total === 0) {
    return (
      <Empty title="No workload is like that">
        <p>
          <Link to="/cluster-map">Clear the filters</Link>
        </p>
      </Empty>
    );
  }
  return (
    <>
      <MapLegend />
      <div className="map-tiles">
        {map.namespaces.map((one) => (
          <Tile key={one.name} namespace={one} filter={filter} />
        ))}
      </div>
    </>
  );
}

function Tile({
  namespace: { name, workloads, counts, partlyUnknown, cells },
  filter,
}: {
  readonly namespace: MapNamespaceJson;
  readonly filter: MapFilter;
}): ReactElement {
  const told = workloadStates
    .filter(({ state }) => counts[state] > 0)
    .map(({ state, label }) => `${count(counts[state])} ${label.toLowerCase()}`)
    .join(', ');
  const each = Math.max(1, Math.ceil(workloads / mostSquares));
  const drawn = each === 1 ? cells : scaled(counts, each);
  return (
    <section className="panel map-tile">
      <span className="row spread">
        <Link to={mapPath({ ...filter, namespace: name })} className="vt-link clip mono" title={name}>
          {name === '' ? '(no namespace)' : name}
        </Link>
        <span className="dim small nowrap">{counted(workloads, 'workload')}</span>
      </span>
      <div className="cells">
        <MapCells cells={drawn} columns={columns} />
      </div>
      <span className="small dim">
        {told}
        {partlyUnknown > 0 && `; ${count(partlyUnknown)} not wholly known`}
        {each > 1 && `; a square stands for ${count(each)}`}
      </span>
    </section>
  );
}

/** So many workloads a square that a tile has room for all, in proportion; nothing that there is goes unseen. */
function scaled(counts: MapNamespaceJson['counts'], each: number): string {
  return workloadStates
    .map(({ state }) =>
      counts[state] === 0 ? '' : state.charAt(0).repeat(Math.max(1, Math.round(counts[state] / each))),
    )
    .join('');
}

function Zoomed({
  namespace,
  filter,
}: {
  readonly namespace: string;
  readonly filter: MapFilter;
}): ReactElement {
  const list = useWindowed<MapWorkloadJson, MapWorkloadsJson>({
    key: ['cluster-map', 'workloads', namespace, filter],
    fetch: (offset, limit, signal) => mapWorkloads({ ...filter, namespace }, offset, limit, signal),
    refetchMs: 5000,
  });
  return (
    <Loaded query={list.first} what="load the workloads">
      {() =>
        list.total === 0 ? (
          <Empty title="No workload here is like that">
            <p>
              <Link to={mapPath({ state: '', kind: '', q: '', namespace })}>Clear the filters</Link>
            </p>
          </Empty>
        ) : (
          <VirtualTable
            label={`Workloads of ${namespace}`}
            {...list.table}
            id={({ key }) => key}
            to={({ key }) => resourcePath(key)}
            columns={workloadColumns}
            card={(row) => <Card row={row} />}
            cardHeight={92}
          />
        )
      }
    </Loaded>
  );
}

const workloadColumns: readonly Column<MapWorkloadJson>[] = [
  { key: 'state', label: 'State', width: '8rem', cell: (row) => <State row={row} /> },
  {
    key: 'name',
    label: 'Workload',
    width: 'minmax(0, 1.4fr)',
    cell: ({ key, object }) => (
      <Link to={resourcePath(key)} tabIndex={-1} title={object.name}>
        {object.name}
      </Link>
    ),
  },
  { key: 'kind', label: 'Kind', width: '8rem', cell: ({ object }) => object.kind },
  { key: 'failed', label: 'Failed', width: '5rem', cell: ({ failed }) => count(failed) },
  { key: 'unknown', label: 'Unknown', width: '6rem', cell: ({ unknown }) => count(unknown) },
  { key: 'passed', label: 'Passed', width: '5rem', cell: ({ passed }) => count(passed) },
  {
    key: 'worst',
    label: 'The worst that fails',
    width: 'minmax(0, 1.6fr)',
    cell: ({ worst }) =>
      worst === undefined ? (
        <span className="dim">—</span>
      ) : (
        <Link to={`/controls/${worst.controlId}`} tabIndex={-1} title={`${worst.controlId} ${worst.control}`}>
          {worst.control}
        </Link>
      ),
  },
];

function State({ row: { state, isStale } }: { readonly row: MapWorkloadJson }): ReactElement {
  const mark =
    state === 'pass' ? <StateMark tone="good" label="All passed" /> : <SeverityMark severity={state} />;
  return isStale === true ? (
    <span title="Its kind cannot be read now; this is from before">{mark} (old)</span>
  ) : (
    mark
  );
}

function Card({ row }: { readonly row: MapWorkloadJson }): ReactElement {
  return (
    <>
      <span className="row spread">
        <State row={row} />
        <span className="small dim">{row.object.kind}</span>
      </span>
      <span className="clip">
        <Link to={resourcePath(row.key)} className="vt-link" tabIndex={-1}>
          {row.object.name}
        </Link>
      </span>
      <span className="clip small dim">
        {count(row.failed)} failed, {count(row.unknown)} unknown, {count(row.passed)} passed
      </span>
    </>
  );
}
