import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useQueries, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Link } from 'react-router';
import { useLive } from '../api/live-events.ts';
import { allFindings, findingsPage, pageSize, useFirstFindings, useOverview } from '../api/queries.ts';
import type { FindingJson, FindingsJson } from '../api/types.ts';
import { FacetFilter } from '../components/facet-filter.tsx';
import { Segments } from '../components/segments.tsx';
import { Empty, Failure, Loading } from '../components/states.tsx';
import { UrlSearch } from '../components/url-filters.tsx';
import { VirtualTable } from '../components/virtual-table.tsx';
import { download, toCsv } from '../format/csv.ts';
import { counted, objectName } from '../format/words.ts';
import { urlSort } from '../hooks/url-sort.ts';
import { useTitle } from '../hooks/use-title.ts';
import { type UrlState, useUrlState } from '../hooks/use-url-state.ts';
import { FindingCard, findingColumns } from './finding-columns.tsx';

const facetNames = ['severity', 'control', 'namespace', 'kind'] as const;
const facetLabels = {
  severity: 'Severity',
  control: 'Control',
  namespace: 'Namespace',
  kind: 'Kind',
} as const;
const statuses = [
  { value: 'open', label: 'Open' },
  { value: 'fixed', label: 'Fixed' },
  { value: 'all', label: 'All' },
];
/** Names go up from A, everything else down from the most severe or the newest, unless the address says otherwise. */
const sortOf = (url: UrlState) => urlSort(url, 'severity', ['control', 'object']);

/** Everything that is wrong, in one table. All that is chosen stands in the address. */
export function Findings(): ReactElement {
  useTitle('Findings');
  const url = useUrlState();
  const filter = useFilter(url);
  const first = useFirstFindings(filter);
  const [pages, setPages] = useState<readonly number[]>([]);
  const { hover, changed, show } = useQuietRefresh();
  const others = useQueries({
    queries: pages.filter((page) => page > 0).map((page) => findingsPage(filter, page)),
  });
  const loaded = new Map(pages.filter((page) => page > 0).map((page, index) => [page, others[index]?.data]));
  const total = first.data?.total ?? 0;

  const onRange = useCallback((from: number, to: number) => {
    const wanted: number[] = [];
    for (let page = Math.floor(from / pageSize); page <= Math.floor(to / pageSize); page++) wanted.push(page);
    setPages((before) => (before.join() === wanted.join() ? before : wanted));
  }, []);

  function item(index: number): FindingJson | undefined {
    const page = Math.floor(index / pageSize);
    const data = page === 0 ? first.data : loaded.get(page);
    return data?.items[index % pageSize];
  }

  const place = JSON.stringify(filter);
  const failed = first.error ?? others.find(({ error }) => error !== null)?.error ?? null;

  return (
    <div className="page fill">
      <header>
        <h1>Findings</h1>
        <span className="row">
          {changed && (
            <Button size="compact-xs" variant="light" onClick={show}>
              The list has changed: show
            </Button>
          )}
          <span className="dim" role="status">
            {first.data === undefined ? '' : counted(total, 'finding')}
          </span>
          <Export filter={filter} total={total} />
        </span>
      </header>
      <Toolbar url={url} facets={first.data?.facets} />
      {failed !== null && (
        <Failure
          what="load the findings"
          error={failed}
          retry={() =>
            Promise.all(
              [first, ...others].filter(({ error }) => error !== null).map(({ refetch }) => refetch()),
            )
          }
        />
      )}
      {first.data === undefined && failed === null && <Loading lines={14} label="Loading the findings" />}
      {first.data !== undefined && total === 0 && <Nothing url={url} />}
      {total > 0 && (
        <VirtualTable
          label="Findings"
          place={place}
          isOld={first.isPlaceholderData}
          count={total}
          item={item}
          id={({ id }) => id}
          to={({ id }) => `/findings/${id}`}
          columns={findingColumns}
          card={(finding) => <FindingCard finding={finding} />}
          cardHeight={92}
          {...sortOf(url)}
          onRange={onRange}
          onHover={hover}
        />
      )}
    </div>
  );
}

/** The filter as the API wants it. */
function useFilter(url: UrlState): Readonly<Record<string, string>> {
  return useMemo(() => {
    const { by, order } = sortOf(url).sort;
    const filter: Record<string, string> = { status: url.get('status') || 'open', sort: by, order };
    for (const name of [...facetNames, 'new', 'q'] as const) {
      const value = url.get(name);
      if (value !== '') filter[name] = value;
    }
    return filter;
  }, [url]);
}

/** Takes changes up at once, but not while somebody points into the list: rows must not move away under the pointer. */
function useQuietRefresh(): { hover: (inside: boolean) => void; changed: boolean; show: () => void } {
  const { findingsVersion } = useLive();
  const queries = useQueryClient();
  const [inside, setInside] = useState(false);
  const taken = useRef(findingsVersion);
  const [changed, setChanged] = useState(false);
  const show = useCallback(() => {
    setChanged(false);
    void queries.invalidateQueries({ queryKey: ['findings'] });
  }, [queries]);
  useEffect(() => {
    if (taken.current !== findingsVersion) setChanged(true);
    taken.current = findingsVersion;
  }, [findingsVersion]);
  useEffect(() => {
    if (changed && !inside) show();
  }, [changed, inside, show]);
  return { hover: setInside, changed, show };
}

function Toolbar({
  url,
  facets,
}: {
  readonly url: UrlState;
  readonly facets: FindingsJson['facets'] | undefined;
}): ReactElement {
  const { set } = url;
  const onlyNew = url.get('new') === '1';
  const labelOf = (name: (typeof facetNames)[number], value: string) =>
    facets?.[name].find((facet) => facet.value === value)?.label ?? value;
  const chips = facetNames.flatMap((name) => url.list(name).map((value) => ({ name, value })));
  return (
    <div className="stack tight">
      <div className="filters">
        <UrlSearch url={url} label="Search findings" />
        <Segments
          label="Status"
          choices={statuses}
          value={url.get('status') || 'open'}
          onChange={(status) => set({ status: status === 'open' ? '' : status })}
        />
        <Button
          size="xs"
          variant={onlyNew ? 'light' : 'default'}
          aria-pressed={onlyNew}
          onClick={() => set({ new: onlyNew ? '' : '1' })}
        >
          New today
        </Button>
        {facetNames.map((name) => (
          <FacetFilter
            key={name}
            label={facetLabels[name]}
            severity={name === 'severity'}
            facets={facets?.[name] ?? []}
            chosen={url.list(name)}
            onChange={(chosen) => set({ [name]: chosen })}
          />
        ))}
      </div>
      {chips.length > 0 && (
        <div className="chips">
          {chips.map(({ name, value }) => (
            <button
              key={`${name}:${value}`}
              type="button"
              className="chip"
              title="Take this filter away"
              onClick={() => set({ [name]: url.list(name).filter((each) => each !== value) })}
            >
              <span className="dim">{facetLabels[name]}</span>
              <span className="clip">{labelOf(name, value)}</span>
              <span aria-hidden="true">×</span>
              <span className="hidden">take away</span>
            </button>
          ))}
          <button type="button" className="plain-button small" onClick={() => set(clearing)}>
            Clear all
          </button>
        </div>
      )}
    </div>
  );
}

const clearing = { severity: '', control: '', namespace: '', kind: '', new: '', q: '' } as const;

function Nothing({ url }: { readonly url: UrlState }): ReactElement {
  const filtered = [...facetNames, 'new', 'q'].some((name) => url.get(name) !== '');
  if (filtered) {
    return (
      <Empty title="No finding is like that">
        <p>The filters let nothing through.</p>
        <Button size="xs" variant="default" onClick={() => url.set(clearing)}>
          Clear the filters
        </Button>
      </Empty>
    );
  }
  if (url.get('status') === 'fixed') return <Empty title="Nothing has been fixed yet" />;
  return <NoneOpen />;
}

/** No findings is good news only when something was judged, and all of it. */
function NoneOpen(): ReactElement {
  const { data } = useOverview();
  if (data === undefined) return <Empty title="No open findings" />;
  const { pass, unknown } = data.verdicts;
  if (pass + unknown === 0) {
    return (
      <Empty title="Nothing has been judged yet">
        <p>
          Findings appear here once objects have been read. The <Link to="/">overview</Link> says how far that
          is.
        </p>
      </Empty>
    );
  }
  return (
    <Empty title="No open findings">
      <p>
        {unknown === 0
          ? 'Every judged object passes its controls. Change an object to see a finding appear here.'
          : `Whatever could be judged passes its controls, but ${counted(unknown, 'verdict')} could not be reached.`}
      </p>
    </Empty>
  );
}

function Export({
  filter,
  total,
}: {
  readonly filter: Readonly<Record<string, string>>;
  readonly total: number;
}): ReactElement {
  const [state, setState] = useState<'ready' | 'busy' | 'failed'>('ready');
  async function save(): Promise<void> {
    setState('busy');
    try {
      const findings = await allFindings(filter, AbortSignal.timeout(120_000));
      const header = [
        'id',
        'severity',
        'control',
        'name',
        'kind',
        'namespace',
        'object',
        'path',
        'value',
        'message',
        'status',
        'first seen',
        'fixed',
      ];
      const rows = findings.map((finding) => [
        finding.id,
        finding.severity,
        finding.controlId,
        finding.control,
        finding.object.kind,
        finding.object.namespace,
        objectName(finding.object),
        finding.evidence.path,
        finding.evidence.value ?? '',
        finding.evidence.message,
        finding.status,
        new Date(finding.firstSeenMs).toISOString(),
        finding.fixedAtMs === undefined ? '' : new Date(finding.fixedAtMs).toISOString(),
      ]);
      download('findings.csv', toCsv(header, rows), 'text/csv;charset=utf-8');
      setState('ready');
    } catch {
      setState('failed');
    }
  }
  return (
    <Button
      size="compact-xs"
      variant="default"
      leftSection={<IconDownload size={14} aria-hidden />}
      loading={state === 'busy'}
      disabled={total === 0}
      onClick={() => void save()}
    >
      {state === 'failed' ? 'Export failed: again' : 'CSV'}
    </Button>
  );
}
