import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { allRows, imagesPage, listEveryMs } from '../api/images.ts';
import type { ImageJson, ImagesJson } from '../api/types.ts';
import { ExportButton } from '../components/export-button.tsx';
import { fixableOf, imagePath, imageSeverities } from '../components/image-marks.tsx';
import { ImageTabs } from '../components/image-tabs.tsx';
import { ListPage } from '../components/list-page.tsx';
import { Segments } from '../components/segments.tsx';
import { Empty } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { UrlFacet, UrlSearch } from '../components/url-filters.tsx';
import { VirtualTable } from '../components/virtual-table.tsx';
import { counted } from '../format/words.ts';
import { isFiltered, urlSort } from '../hooks/url-sort.ts';
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
  const url = useUrlState();
  const { set } = url;
  const filter = filterOf(url);
  const { first, total, table } = useWindowed<ImageJson, ImagesJson>({
    key: ['images', 'list', filter],
    fetch: (offset, limit, signal) => imagesPage(filter, offset, limit, signal),
    refetchMs: listEveryMs,
  });
  return (
    <ListPage
      title="Images"
      what="the images"
      query={first}
      status={first.data?.enabled === true ? counted(total, 'image') : ''}
      actions={
        <ExportButton<ImageJson>
          name="images"
          columns={exported}
          load={() => allRows((offset, limit, signal) => imagesPage(filter, offset, limit, signal))}
          disabled={total === 0}
        />
      }
      tabs={<ImageTabs />}
      filters={
        <>
          <UrlSearch url={url} label="Search images" />
          <Segments label="Only" choices={wants} value={url.get('only')} onChange={(only) => set({ only })} />
          <UrlFacet
            url={url}
            name="severity"
            label="Severity"
            severity
            facets={first.data?.facets.severity}
          />
          <UrlFacet url={url} name="namespace" label="Namespace" facets={first.data?.facets.namespace} />
          <UrlFacet url={url} name="state" label="State" facets={statesOf(first.data)} />
        </>
      }
    >
      {(data) => (
        <>
          <DataState data={data} />
          {data.total === 0 ? (
            <Nothing isFiltered={isFiltered(filter)} enabled={data.enabled} />
          ) : (
            <VirtualTable
              label="Images"
              {...table}
              id={({ reference, platform }) => `${reference} ${platform}`}
              to={({ id }) => imagePath(id)}
              columns={imageColumns}
              card={(image) => <ImageCard image={image} />}
              cardHeight={96}
              {...urlSort(url, 'risk', ['name'])}
            />
          )}
        </>
      )}
    </ListPage>
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
