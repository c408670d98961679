import { type ReactElement, useCallback, useMemo } from 'react';
import { Link } from 'react-router';
import type { ImageDetailJson, ImageVulnerabilityJson } from '../api/types.ts';
import { FacetFilter } from '../components/facet-filter.tsx';
import { Exploited, imagePath, riskText } from '../components/image-marks.tsx';
import { SearchField } from '../components/search-field.tsx';
import { Segments } from '../components/segments.tsx';
import { SeverityMark } from '../components/severity.tsx';
import { Empty } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { type Column, VirtualTable } from '../components/virtual-table.tsx';
import { useUrlState } from '../hooks/use-url-state.ts';
import { fixText, WhyPanel } from './image-why.tsx';

const wants = [
  { value: '', label: 'All' },
  { value: 'fixable', label: 'Fixable' },
  { value: 'new', label: 'New' },
  { value: 'exploited', label: 'Exploited' },
];

/** What is wrong with an image, the riskiest first; the one that is chosen says why it is there. */
export function ImageVulnerabilities({
  image,
  all,
  isIgnored,
}: {
  readonly image: ImageDetailJson;
  readonly all: readonly ImageVulnerabilityJson[];
  readonly isIgnored: boolean;
}): ReactElement {
  const url = useUrlState();
  const { set } = url;
  const search = useCallback((q: string) => set({ q, v: '' }, true), [set]);
  const [q, only, severities] = [url.get('q'), url.get('only'), url.get('severity')];
  const shown = useMemo(() => all.filter(testOf(q, only, severities)), [all, q, only, severities]);
  const facets = useMemo(() => severityFacets(all), [all]);
  const chosen = all.find((one) => keyOf(one) === url.get('v'));
  const view = isIgnored ? '&view=ignored' : '';
  if (all.length === 0) return <None image={image} isIgnored={isIgnored} />;
  return (
    <>
      <div className="filters">
        <SearchField value={q} onChange={search} label="Search vulnerabilities" />
        <Segments label="Only" choices={wants} value={only} onChange={(value) => set({ only: value })} />
        <FacetFilter
          label="Severity"
          severity
          facets={facets}
          chosen={url.list('severity')}
          onChange={(severity) => set({ severity })}
        />
      </div>
      {chosen !== undefined && <WhyPanel one={chosen} layers={image.layers} onClose={() => set({ v: '' })} />}
      {shown.length === 0 ? (
        <Empty title="No vulnerability is like that" />
      ) : (
        <div className="tall">
          <VirtualTable
            label="Vulnerabilities"
            place={JSON.stringify([image.id, isIgnored, q, only, severities])}
            count={shown.length}
            item={(index) => shown[index]}
            id={keyOf}
            to={(one) => imagePath(image.id, `${view}&v=${encodeURIComponent(keyOf(one))}`)}
            columns={
              isIgnored ? [...columnsOf(image.id, view).slice(0, 3), reasonColumn] : columnsOf(image.id, view)
            }
            card={(one) => (
              <Card one={one} to={imagePath(image.id, `${view}&v=${encodeURIComponent(keyOf(one))}`)} />
            )}
            cardHeight={92}
          />
        </div>
      )}
    </>
  );
}

function keyOf({ id, package: { type, name, version } }: ImageVulnerabilityJson): string {
  return [id, type, name, version].join('|');
}

function testOf(q: string, only: string, severities: string): (one: ImageVulnerabilityJson) => boolean {
  const wanted = q.toLowerCase();
  const chosen = severities.split(',').filter((severity) => severity !== '');
  const tests: Readonly<Record<string, (one: ImageVulnerabilityJson) => boolean>> = {
    fixable: ({ fix }) => fix.state === 'fixed',
    new: ({ status }) => status === 'new',
    exploited: ({ knownExploited }) => knownExploited,
  };
  const test = tests[only] ?? (() => true);
  return (one) =>
    test(one) &&
    (chosen.length === 0 || chosen.includes(one.severity)) &&
    [one.id, ...one.aliases, one.package.name].some((text) => text.toLowerCase().includes(wanted));
}

function severityFacets(all: readonly ImageVulnerabilityJson[]) {
  const counts = new Map<string, number>();
  for (const { severity } of all) counts.set(severity, (counts.get(severity) ?? 0) + 1);
  return [...counts].map(([value, count]) => ({ value, label: value, count }));
}

function None({
  image: { state },
  isIgnored,
}: {
  readonly image: ImageDetailJson;
  readonly isIgnored: boolean;
}): ReactElement {
  if (isIgnored)
    return (
      <Empty title="Nothing is ignored">
        <p>
          Rules and VEX documents that say what does not count are named by images.ignore_files and
          images.vex_files.
        </p>
      </Empty>
    );
  if (state === 'complete')
    return (
      <Empty title="No known vulnerability">
        <p>All of its packages were looked up in the data.</p>
      </Empty>
    );
  return (
    <Empty title="Nothing is known of it">
      <p>That nothing is listed here does not mean that there is nothing: see above.</p>
    </Empty>
  );
}

function columnsOf(image: string, view: string): readonly Column<ImageVulnerabilityJson>[] {
  return [
    {
      key: 'severity',
      label: 'Severity',
      width: '7rem',
      cell: ({ severity }) => <SeverityMark severity={severity} />,
    },
    {
      key: 'id',
      label: 'Vulnerability',
      width: 'minmax(0, 1.2fr)',
      cell: (one) => (
        <span className="row">
          <Link
            to={imagePath(image, `${view}&v=${encodeURIComponent(keyOf(one))}`)}
            className="vt-link mono"
            tabIndex={-1}
            title={`Why ${one.id} is here`}
          >
            {one.id}
          </Link>
          {one.knownExploited && <Exploited short />}
        </span>
      ),
    },
    {
      key: 'package',
      label: 'Package',
      width: 'minmax(0, 1.2fr)',
      cell: ({ package: { name, version } }) => (
        <span className="mono small" title={`${name} ${version}`}>
          {name} <span className="dim">{version}</span>
        </span>
      ),
    },
    {
      key: 'fix',
      label: 'Upgrade to',
      width: 'minmax(0, 1fr)',
      cell: (one) => (
        <span className={one.fix.state === 'fixed' ? 'mono small' : 'small dim'} title={fixText(one)}>
          {one.fix.state === 'fixed' ? one.fix.versions.join(', ') : fixText(one)}
        </span>
      ),
    },
    { key: 'risk', label: 'Risk', width: '4rem', cell: ({ risk }) => riskText(risk) },
    {
      key: 'since',
      label: 'Since',
      width: '6.5rem',
      cell: ({ firstSeenMs, status }) =>
        firstSeenMs === undefined ? (
          ''
        ) : (
          <span>
            {status === 'new' && <strong>new </strong>}
            <Ago atMs={firstSeenMs} />
          </span>
        ),
    },
  ];
}

const reasonColumn: Column<ImageVulnerabilityJson> = {
  key: 'why',
  label: 'Why it does not count',
  width: 'minmax(0, 1.6fr)',
  cell: ({ ignored }) => (
    <span className="small" title={`${ignored?.by}: ${ignored?.reason}`}>
      {ignored?.reason} <span className="dim">({ignored?.by})</span>
    </span>
  ),
};

function Card({ one, to }: { readonly one: ImageVulnerabilityJson; readonly to: string }): ReactElement {
  return (
    <>
      <span className="row spread">
        <SeverityMark severity={one.severity} />
        <span className="small dim nowrap">risk {riskText(one.risk)}</span>
      </span>
      <span className="clip mono">
        <Link to={to} className="vt-link" tabIndex={-1}>
          {one.id}
        </Link>
      </span>
      <span className="clip small mono">
        {one.ignored === undefined ? (
          <>
            {one.package.name} {one.package.version}{' '}
            {one.fix.state === 'fixed' && `→ ${one.fix.versions.join(', ')}`}
          </>
        ) : (
          one.ignored.reason
        )}
      </span>
    </>
  );
}
