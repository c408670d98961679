import { type ReactElement, useCallback } from 'react';
import { Link } from 'react-router';
import { allRows, imagesPage, listEveryMs } from '../api/images.ts';
import type { ImageJson, ImagesJson } from '../api/types.ts';
import { ExportButton } from '../components/export-button.tsx';
import { FacetFilter } from '../components/facet-filter.tsx';
import { fixableOf, imagePath, imageSeverities } from '../components/image-marks.tsx';
import { ImageTabs } from '../components/image-tabs.tsx';
import { Loaded } from '../components/loaded.tsx';
import { SearchField } from '../components/search-field.tsx';
import { Segments } from '../components/segments.tsx';
import { Empty, Loading } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { type Sort, VirtualTable } from '../components/virtual-table.tsx';
import { counted } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import { type UrlState, useUrlState } from '../hooks/use-url-state.ts';
import { useWindowed } from '../hooks/use-windowed.ts';
import { ImageCard, imageColumns } from './image-columns.tsx';

const wants = [
  { value: '', label: 'All' },
  { value: 'fixable', label: 'Fixable' },
  { value: 'exploited', label: 'Exploited' },
];

/** What runs, the riskiest first. All that is chosen stands in the address. */
export function Images(): ReactElement {
  useTitle('Images');
  const url = useUrlState();
  const { set } = url;
  const search = useCallback((q: string) => set({ q }, true), [set]);
  const filter = filterOf(url);
  const { first, total, item, onRange } = useWindowed<ImageJson, ImagesJson>({
    key: ['images', 'list', filter],
    fetch: (offset, limit, signal) => imagesPage(filter, offset, limit, signal),
    refetchMs: listEveryMs,
  });
  const sort = sortOf(url);
  const isFiltered = Object.entries(filter).some(
    ([name, value]) => !/^(sort|order)$/.test(name) && value !== '',
  );
  return (
    <div className="page fill">
      <header>
        <h1>Images</h1>
        <span className="row">
          <span className="dim" role="status">
            {first.data?.enabled === true ? counted(total, 'image') : ''}
          </span>
          <ExportButton<ImageJson>
            name="images"
            columns={exported}
            load={() => allRows((offset, limit, signal) => imagesPage(filter, offset, limit, signal))}
            disabled={total === 0}
          />
        </span>
      </header>
      <ImageTabs />
      <div className="filters">
        <SearchField value={url.get('q')} onChange={search} label="Search images" />
        <Segments label="Only" choices={wants} value={url.get('only')} onChange={(only) => set({ only })} />
        <FacetFilter
          label="Severity"
          severity
          facets={first.data?.facets.severity ?? []}
          chosen={url.list('severity')}
          onChange={(severity) => set({ severity })}
        />
        <FacetFilter
          label="Namespace"
          facets={first.data?.facets.namespace ?? []}
          chosen={url.list('namespace')}
          onChange={(namespace) => set({ namespace })}
        />
        <FacetFilter
          label="State"
          facets={statesOf(first.data)}
          chosen={url.list('state')}
          onChange={(state) => set({ state })}
        />
      </div>
      <Loaded
        query={first}
        what="load the images"
        loading={<Loading lines={12} label="Loading the images" />}
      >
        {(data) => (
          <>
            <DataState data={data} />
            {data.total === 0 ? (
              <Nothing isFiltered={isFiltered} enabled={data.enabled} />
            ) : (
              <VirtualTable
                label="Images"
                isOld={first.isPlaceholderData}
                place={JSON.stringify(filter)}
                count={total}
                item={item}
                id={({ reference, platform }) => `${reference} ${platform}`}
                to={({ id }) => imagePath(id)}
                columns={imageColumns}
                card={(image) => <ImageCard image={image} />}
                cardHeight={96}
                sort={sort}
                onSort={({ by, order }) => set({ sort: by, order: order === naturalOrder(by) ? '' : order })}
                onRange={onRange}
              />
            )}
          </>
        )}
      </Loaded>
    </div>
  );
}

function filterOf(url: UrlState) {
  const only = url.get('only');
  return {
    q: url.get('q'),
    state: url.get('state'),
    severity: url.get('severity'),
    namespace: url.get('namespace'),
    fixable: only === 'fixable' ? '1' : '',
    exploited: only === 'exploited' ? '1' : '',
    sort: url.get('sort'),
    order: url.get('order'),
  };
}

function naturalOrder(by: string): Sort['order'] {
  return by === 'name' ? 'asc' : 'desc';
}

function sortOf(url: UrlState): Sort {
  const by = url.get('sort') || 'risk';
  const order = url.get('order');
  return { by, order: order === 'asc' || order === 'desc' ? order : naturalOrder(by) };
}

function statesOf(data: ImagesJson | undefined) {
  return Object.entries(data?.states ?? {})
    .filter(([, of]) => of > 0)
    .map(([value, of]) => ({ value, label: value, count: of }));
}

/** Old, broken or missing data is said above what was found with it. */
function DataState({
  data: { data, enabled, newsToday },
}: {
  readonly data: ImagesJson;
}): ReactElement | null {
  if (!enabled) return null;
  if (data.state === 'ready')
    return (
      <p className="dim small">
        Vulnerability data of <Ago atMs={data.builtAtMs} />.{' '}
        {newsToday > 0 && (
          <Link to="/images/news?kind=new">
            {counted(newsToday, 'new vulnerability', 'new vulnerabilities')}
          </Link>
        )}
      </p>
    );
  return (
    <div className="banner" role="status">
      <span>
        {data.state === 'missing' && 'There is no vulnerability data: nothing can be said of any image.'}
        {data.state === 'broken' && 'The vulnerability data cannot be read.'}
        {data.state === 'stale' && (
          <>
            The vulnerability data is of <Ago atMs={data.builtAtMs} />: what became known since is missing.
          </>
        )}{' '}
        {data.problem} Get it with <code>skopos db update</code>.
      </span>
    </div>
  );
}

function Nothing({
  isFiltered,
  enabled,
}: {
  readonly isFiltered: boolean;
  readonly enabled: boolean;
}): ReactElement {
  if (!enabled)
    return (
      <Empty title="Images are not scanned here">
        <p>
          Set <code>images.database.update: true</code> in the configuration, or bring vulnerability data with{' '}
          <code>skopos db update</code> and name its folder. Then the images of running containers are scanned
          as they appear.
        </p>
      </Empty>
    );
  if (isFiltered)
    return (
      <Empty title="No image is like that">
        <p>The filters let nothing through.</p>
      </Empty>
    );
  return (
    <Empty title="No container runs an image yet">
      <p>Each is scanned when it first appears.</p>
    </Empty>
  );
}

const exported: Readonly<Record<string, (image: ImageJson) => string>> = {
  image: ({ names, reference }) => names[0] ?? reference,
  reference: ({ reference }) => reference,
  digest: ({ digest = '' }) => digest,
  platform: ({ platform }) => platform,
  state: ({ state }) => state,
  reasons: ({ reasons }) => reasons.join(' '),
  risk: ({ risk }) => String(risk),
  ...Object.fromEntries(
    imageSeverities.map((severity) => [
      severity,
      ({ vulnerabilities }: ImageJson) => String(vulnerabilities[severity].all),
    ]),
  ),
  fixable: (image) => String(fixableOf(image)),
  exploited: ({ knownExploited }) => String(knownExploited),
  ignored: ({ ignored }) => String(ignored),
  packages: ({ packages }) => String(packages),
  built: ({ builtAtMs }) => (builtAtMs === undefined ? '' : new Date(builtAtMs).toISOString()),
  workloads: ({ workloads }) =>
    workloads
      .map(({ kind, namespace, name, container }) => `${kind} ${namespace}/${name}:${container}`)
      .join(' '),
};
