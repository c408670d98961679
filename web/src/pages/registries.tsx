import { type ReactElement, useCallback } from 'react';
import { Link } from 'react-router';
import { allRows } from '../api/images.ts';
import { isRunning, registryImagesPage, useRegistryScans } from '../api/registries.ts';
import type { RegistryImageJson, RegistryImagesJson } from '../api/types.ts';
import { ExportButton } from '../components/export-button.tsx';
import { FacetFilter } from '../components/facet-filter.tsx';
import { imageSeverities } from '../components/image-marks.tsx';
import { ImageTabs } from '../components/image-tabs.tsx';
import { Loaded } from '../components/loaded.tsx';
import { RegistryScanForm } from '../components/registry-scan-form.tsx';
import { RegistryScanList } from '../components/registry-scan-list.tsx';
import { SearchField } from '../components/search-field.tsx';
import { Segments } from '../components/segments.tsx';
import { Empty, Loading } from '../components/states.tsx';
import { type Sort, VirtualTable } from '../components/virtual-table.tsx';
import { counted } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import { type UrlState, useUrlState } from '../hooks/use-url-state.ts';
import { useWindowed } from '../hooks/use-windowed.ts';
import { RegistryCard, registryColumns, registryImagePath } from './registry-columns.tsx';

const wants = [
  { value: '', label: 'All' },
  { value: 'fixable', label: 'Fixable' },
  { value: 'idle', label: 'Runs nowhere' },
];
const busyMs = 3000;
const restMs = 15_000;

/** What registries have, whether it runs or not, and looks through them. All that is chosen stands in the address. */
export function Registries(): ReactElement {
  useTitle('Registries');
  const url = useUrlState();
  const { set } = url;
  const search = useCallback((q: string) => set({ q }, true), [set]);
  const filter = filterOf(url);
  const scans = useRegistryScans();
  const isBusy = scans.data?.items.some(isRunning) === true;
  const { first, total, item, onRange } = useWindowed<RegistryImageJson, RegistryImagesJson>({
    key: ['images', 'registries', filter],
    fetch: (offset, limit, signal) => registryImagesPage(filter, offset, limit, signal),
    refetchMs: isBusy ? busyMs : restMs,
  });
  const { facets, enabled, running = 0 } = first.data ?? {};
  const isFiltered = Object.entries(filter).some(
    ([name, value]) => !/^(sort|order)$/.test(name) && value !== '',
  );
  return (
    <div className="page fill">
      <header>
        <h1>Registries</h1>
        <span className="row">
          <span className="dim" role="status">
            {enabled === true ? `${counted(total, 'image')}, ${running} of them run` : ''}
          </span>
          <ExportButton<RegistryImageJson>
            name="registry-images"
            columns={exported}
            load={() => allRows((offset, limit, signal) => registryImagesPage(filter, offset, limit, signal))}
            disabled={total === 0}
          />
        </span>
      </header>
      <ImageTabs />
      {enabled === true && (
        <section className="panel stack tight" aria-label="Scans">
          <RegistryScanForm />
          {scans.data !== undefined && scans.data.items.length > 0 && (
            <RegistryScanList scans={scans.data.items} />
          )}
          {scans.error !== null && (
            <p className="small wrap" role="alert">
              Could not load the scans: {scans.error.message}
            </p>
          )}
        </section>
      )}
      <div className="filters">
        <SearchField value={url.get('q')} onChange={search} label="Search images of registries" />
        <Segments label="Only" choices={wants} value={url.get('only')} onChange={(only) => set({ only })} />
        <FacetFilter
          label="Registry"
          facets={facets?.registry ?? []}
          chosen={url.list('registry')}
          onChange={(registry) => set({ registry })}
        />
        <FacetFilter
          label="Severity"
          severity
          facets={facets?.severity ?? []}
          chosen={url.list('severity')}
          onChange={(severity) => set({ severity })}
        />
        <FacetFilter
          label="State"
          facets={facets?.state ?? []}
          chosen={url.list('state')}
          onChange={(state) => set({ state })}
        />
      </div>
      <Loaded
        query={first}
        what="load the images of registries"
        loading={<Loading lines={12} label="Loading the images of registries" />}
      >
        {(data) =>
          data.total === 0 ? (
            <Nothing isFiltered={isFiltered} enabled={data.enabled} />
          ) : (
            <VirtualTable
              label="Images of registries"
              isOld={first.isPlaceholderData}
              place={JSON.stringify(filter)}
              count={total}
              item={item}
              id={({ image }) => image}
              to={registryImagePath}
              columns={registryColumns}
              card={(image) => <RegistryCard image={image} />}
              cardHeight={96}
              sort={sortOf(url)}
              onSort={({ by, order }) =>
                set({ sort: by === 'newest' ? '' : by, order: order === naturalOrder(by) ? '' : order })
              }
              onRange={onRange}
            />
          )
        }
      </Loaded>
    </div>
  );
}

function filterOf(url: UrlState) {
  const only = url.get('only');
  return {
    q: url.get('q'),
    registry: url.get('registry'),
    state: url.get('state'),
    severity: url.get('severity'),
    job: url.get('job'),
    fixable: only === 'fixable' ? '1' : '',
    running: only === 'idle' ? '0' : '',
    sort: url.get('sort'),
    order: url.get('order'),
  };
}

function naturalOrder(by: string): Sort['order'] {
  return by === 'name' ? 'asc' : 'desc';
}

function sortOf(url: UrlState): Sort {
  const by = url.get('sort') || 'newest';
  const order = url.get('order');
  return { by, order: order === 'asc' || order === 'desc' ? order : naturalOrder(by) };
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
          The <Link to="/images">page of images</Link> says how to switch it on.
        </p>
      </Empty>
    );
  if (isFiltered)
    return (
      <Empty title="No image of a registry is like that">
        <p>The filters let nothing through.</p>
      </Empty>
    );
  return (
    <Empty title="No registry has been looked through yet">
      <p>
        Name one above to scan the newest tags of its repositories, whether they run or not; a{' '}
        <Link to="/schedules">recurring scan</Link> does so by the clock.
      </p>
    </Empty>
  );
}

const exported: Readonly<Record<string, (image: RegistryImageJson) => string>> = {
  image: ({ image }) => image,
  digest: ({ id = '' }) => id,
  state: ({ state }) => state,
  reasons: ({ reasons }) => reasons.join(' '),
  risk: ({ risk }) => String(risk),
  ...Object.fromEntries(
    imageSeverities.map((severity) => [
      severity,
      ({ vulnerabilities }: RegistryImageJson) => String(vulnerabilities[severity].all),
    ]),
  ),
  fixable: ({ fixable }) => String(fixable),
  exploited: ({ knownExploited }) => String(knownExploited),
  packages: ({ packages }) => String(packages),
  scanned: ({ scannedAtMs }) => new Date(scannedAtMs).toISOString(),
  job: ({ job }) => job,
  schedule: ({ schedule }) => schedule,
  workloads: ({ workloads }) =>
    workloads.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`).join(' '),
};
