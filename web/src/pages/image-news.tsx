import { TextInput } from '@mantine/core';
import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { allRows, listEveryMs, newsPage } from '../api/images.ts';
import type { ImageNewsJson } from '../api/types.ts';
import { ExportButton } from '../components/export-button.tsx';
import { ImageFindingState } from '../components/image-finding-state.tsx';
import { cvePath, Exploited } from '../components/image-marks.tsx';
import { ImageTabs } from '../components/image-tabs.tsx';
import { ListPage } from '../components/list-page.tsx';
import { Segments } from '../components/segments.tsx';
import { SeverityMark } from '../components/severity.tsx';
import { Empty } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { UrlFacet, UrlSearch } from '../components/url-filters.tsx';
import { type Column, VirtualTable } from '../components/virtual-table.tsx';
import { absolute } from '../format/time.ts';
import { count } from '../format/words.ts';
import { type UrlState, useUrlState } from '../hooks/use-url-state.ts';
import { useWindowed } from '../hooks/use-windowed.ts';

type News = ImageNewsJson['items'][number];

const spans = [
  { value: '1h', label: 'Hour', ms: 3_600_000 },
  { value: '', label: 'Day', ms: 86_400_000 },
  { value: '7d', label: 'Week', ms: 7 * 86_400_000 },
  { value: '30d', label: '30 days', ms: 30 * 86_400_000 },
] as const;

/** What is new, fixed or ignored in the images that run, since a time that one chooses. */
export function ImageNews(): ReactElement {
  const url = useUrlState();
  const { set } = url;
  const filter = filterOf(url);
  const { since, ...rest } = filter;
  const load = (offset: number, limit: number, signal: AbortSignal) =>
    newsPage({ ...rest, since: sinceMs(since) }, offset, limit, signal);
  const { first, total, table } = useWindowed<News, ImageNewsJson>({
    key: ['images', 'news', filter],
    fetch: load,
    refetchMs: listEveryMs,
  });
  return (
    <ListPage
      title="What is new in images"
      what="the news"
      query={first}
      status={first.data?.enabled === true ? summaryOf(first.data) : ''}
      actions={
        <ExportButton<News>
          name="image-news"
          columns={exported}
          load={() => allRows(load)}
          disabled={total === 0}
        />
      }
      tabs={<ImageTabs />}
      filters={
        <>
          <UrlSearch url={url} label="Search the news" />
          <Segments
            label="Since"
            choices={spans}
            value={spans.some(({ value }) => value === since) ? since : 'other'}
            onChange={(value) => set({ since: value })}
          />
          <TextInput
            size="xs"
            type="datetime-local"
            aria-label="Since this time"
            value={localTime(since)}
            onChange={(event) => set({ since: isoOf(event.currentTarget.value) })}
          />
          <Segments
            label="Kind"
            choices={[
              { value: '', label: 'All' },
              ...(['new', 'fixed', 'ignored'] as const).map((value) => ({
                value,
                label: `${words[value]} ${count(first.data?.counts[value] ?? 0)}`,
              })),
            ]}
            value={url.get('kind')}
            onChange={(kind) => set({ kind })}
          />
          <UrlFacet
            url={url}
            name="severity"
            label="Severity"
            severity
            facets={first.data?.facets.severity}
          />
          <UrlFacet url={url} name="namespace" label="Namespace" facets={first.data?.facets.namespace} />
        </>
      }
    >
      {(data) =>
        total === 0 ? (
          <Nothing data={data} />
        ) : (
          <VirtualTable
            label="What is new"
            {...table}
            id={({ kind, repository, vulnerability, packageName }) =>
              `${kind} ${repository} ${vulnerability} ${packageName}`
            }
            to={({ vulnerability }) => cvePath(vulnerability)}
            columns={columns}
            card={(one) => <Card one={one} />}
            cardHeight={92}
          />
        )
      }
    </ListPage>
  );
}

const words = { new: 'New', fixed: 'Fixed', ignored: 'Ignored' } as const;

function filterOf(url: UrlState) {
  return {
    since: url.get('since'),
    q: url.get('q'),
    kind: url.get('kind'),
    severity: url.get('severity'),
    namespace: url.get('namespace'),
  };
}

/** A span from now, or the time that stands in the address. */
function sinceMs(since: string): number {
  const span = spans.find(({ value }) => value === since);
  if (span !== undefined) return Date.now() - span.ms;
  const ms = Date.parse(since);
  return Number.isNaN(ms) ? Date.now() - 86_400_000 : ms;
}

/** As the field wants it, in the reader's zone; '' for a span. */
function localTime(since: string): string {
  const ms = Date.parse(since);
  if (spans.some(({ value }) => value === since) || Number.isNaN(ms)) return '';
  const date = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return date.toISOString().slice(0, 16);
}

function isoOf(local: string): string {
  const ms = Date.parse(local);
  return Number.isNaN(ms) ? '' : new Date(ms).toISOString();
}

function summaryOf({ counts, sinceMs: from }: ImageNewsJson): string {
  return `${count(counts.new)} new, ${count(counts.fixed)} fixed, ${count(counts.ignored)} ignored since ${absolute(from)}`;
}

function Nothing({ data }: { readonly data: ImageNewsJson }): ReactElement {
  if (!data.enabled)
    return (
      <Empty title="Images are not scanned here">
        <p>
          The <Link to="/images">page of images</Link> says how to switch it on.
        </p>
      </Empty>
    );
  return (
    <Empty title="No news">
      <p>
        Nothing came, was fixed or was set aside in the images that run since then. What was there at first is
        no news.
      </p>
    </Empty>
  );
}

const columns: readonly Column<News>[] = [
  { key: 'kind', label: 'What', width: '6.5rem', cell: ({ kind }) => <ImageFindingState state={kind} /> },
  {
    key: 'severity',
    label: 'Severity',
    width: '7rem',
    cell: ({ severity }) => <SeverityMark severity={severity} />,
  },
  {
    key: 'vulnerability',
    label: 'Vulnerability',
    width: 'minmax(0, 1.1fr)',
    cell: (one) => (
      <span className="row">
        <CveLink one={one} />
        {one.knownExploited && <Exploited short />}
      </span>
    ),
  },
  {
    key: 'package',
    label: 'Package',
    width: 'minmax(0, 1.1fr)',
    cell: ({ packageName, installed }) => (
      <span className="mono small" title={`${packageName} ${installed}`}>
        {packageName} <span className="dim">{installed}</span>
      </span>
    ),
  },
  {
    key: 'fix',
    label: 'Upgrade to',
    width: 'minmax(0, 0.9fr)',
    cell: ({ fixedIn }) =>
      fixedIn === '' ? (
        <span className="dim small">no fix known</span>
      ) : (
        <span className="mono small">{fixedIn}</span>
      ),
  },
  {
    key: 'where',
    label: 'Where',
    width: 'minmax(0, 1.3fr)',
    cell: (one) => <WhereText one={one} />,
  },
  { key: 'at', label: 'When', width: '6rem', cell: ({ atMs }) => <Ago atMs={atMs} /> },
];

function CveLink({ one: { vulnerability } }: { readonly one: News }): ReactElement {
  return (
    <Link to={cvePath(vulnerability)} className="vt-link mono" tabIndex={-1}>
      {vulnerability}
    </Link>
  );
}

function WhereText({ one: { repository, workloads, workloadTotal } }: { readonly one: News }): ReactElement {
  const [first] = workloads;
  const all = workloads.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`).join('\n');
  return (
    <span className="small" title={`${repository}\n${all}`}>
      {first === undefined ? (
        <span className="mono">{repository}</span>
      ) : (
        <>
          <span className="mono">
            {first.namespace}/{first.name}
          </span>
          {workloadTotal > 1 && <span className="dim"> and {count(workloadTotal - 1)} more</span>}
        </>
      )}
    </span>
  );
}

function Card({ one }: { readonly one: News }): ReactElement {
  return (
    <>
      <span className="row spread">
        <span className="row">
          <ImageFindingState state={one.kind} />
          <SeverityMark severity={one.severity} />
        </span>
        <span className="small dim">
          <Ago atMs={one.atMs} />
        </span>
      </span>
      <span className="clip">
        <CveLink one={one} />
      </span>
      <span className="clip small mono">
        {one.packageName} {one.installed} {one.fixedIn !== '' && `→ ${one.fixedIn}`}
      </span>
    </>
  );
}

const exported: Readonly<Record<string, (one: News) => string>> = {
  kind: ({ kind }) => kind,
  at: ({ atMs }) => new Date(atMs).toISOString(),
  severity: ({ severity }) => severity,
  vulnerability: ({ vulnerability }) => vulnerability,
  exploited: ({ knownExploited }) => String(knownExploited),
  package: ({ packageName }) => packageName,
  installed: ({ installed }) => installed,
  'fixed in': ({ fixedIn }) => fixedIn,
  repository: ({ repository }) => repository,
  workloads: ({ workloads }) =>
    workloads.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`).join(' '),
};
