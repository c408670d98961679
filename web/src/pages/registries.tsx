import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { allRows } from '../api/images.ts';
import { isRunning, registryImagesPage, useRegistryScans } from '../api/registries.ts';
import type { RegistryImageJson, RegistryImagesJson } from '../api/types.ts';
import { ExportButton } from '../components/export-button.tsx';
import { imageSeverities } from '../components/image-marks.tsx';
import { ImageTabs } from '../components/image-tabs.tsx';
import { ListPage } from '../components/list-page.tsx';
import { RegistryScanForm } from '../components/registry-scan-form.tsx';
import { RegistryScanList } from '../components/registry-scan-list.tsx';
import { Segments } from '../components/segments.tsx';
import { Empty, Refusal } from '../components/states.tsx';
import { UrlFacet, UrlSearch } from '../components/url-filters.tsx';
import { VirtualTable } from '../components/virtual-table.tsx';
import { counted } from '../format/words.ts';
import { isFiltered, urlSort } from '../hooks/url-sort.ts';
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
  const url = useUrlState();
  const { set } = url;
  const filter = filterOf(url);
  const scans = useRegistryScans();
  const isBusy = scans.data?.items.some(isRunning) === true;
  const { first, total, table } = useWindowed<RegistryImageJson, RegistryImagesJson>({
    key: ['images', 'registries', filter],
    fetch: (offset, limit, signal) => registryImagesPage(filter, offset, limit, signal),
    refetchMs: isBusy ? busyMs : restMs,
  });
  const { facets, enabled, running = 0 } = first.data ?? {};
  return (
    <ListPage
      title="Registries"
      what="the images of registries"
      query={first}
      status={enabled === true ? `${counted(total, 'image')}, ${running} of them run` : ''}
      actions={
        <ExportButton<RegistryImageJson>
          name="registry-images"
          columns={exported}
          load={() => allRows((offset, limit, signal) => registryImagesPage(filter, offset, limit, signal))}
          disabled={total === 0}
        />
      }
      tabs={<ImageTabs />}
      above={
        enabled === true && (
          <section className="panel stack tight" aria-label="Scans">
            <RegistryScanForm />
            {scans.data !== undefined && scans.data.items.length > 0 && (
              <RegistryScanList scans={scans.data.items} />
            )}
            <Refusal of="load the scans" error={scans.error} />
          </section>
        )
      }
      filters={
        <>
          <UrlSearch url={url} label="Search images of registries" />
          <Segments label="Only" choices={wants} value={url.get('only')} onChange={(only) => set({ only })} />
          <UrlFacet url={url} name="registry" label="Registry" facets={facets?.registry} />
          <UrlFacet url={url} name="platform" label="Platform" facets={facets?.platform} />
          <UrlFacet url={url} name="severity" label="Severity" severity facets={facets?.severity} />
          <UrlFacet url={url} name="state" label="State" facets={facets?.state} />
        </>
      }
    >
      {(data) =>
        data.total === 0 ? (
          <Nothing isFiltered={isFiltered(filter)} enabled={data.enabled} />
        ) : (
          <VirtualTable
            label="Images of registries"
            {...table}
            id={({ image, platform }) => `${image} ${platform}`}
            to={registryImagePath}
            columns={registryColumns}
            card={(image) => <RegistryCard image={image} />}
            cardHeight={96}
            {...urlSort(url, 'newest', ['name'])}
          />
        )
      }
    </ListPage>
  );
}

function filterOf(url: UrlState) {
  const only = url.get('only');
  return {
    q: url.get('q'),
    registry: url.get('registry'),
    platform: url.get('platform'),
    state: url.get('state'),
    severity: url.get('severity'),
    job: url.get('job'),
    fixable: only === 'fixable' ? '1' : '',
    running: only === 'idle' ? '0' : '',
    sort: url.get('sort'),
    order: url.get('order'),
  };
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
  platform: ({ platform }) => platform,
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
