import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { useVerdicts } from '../api/posture.ts';
import type { VerdictJson } from '../api/types.ts';
import { resourcePath } from '../components/control-rows.tsx';
import { ListPage } from '../components/list-page.tsx';
import { Pager } from '../components/pager.tsx';
import { PostureTabs } from '../components/posture-tabs.tsx';
import { Segments } from '../components/segments.tsx';
import { SeverityMark } from '../components/severity.tsx';
import { Empty } from '../components/states.tsx';
import { UrlFacet, UrlSearch } from '../components/url-filters.tsx';
import { type Column, VirtualTable } from '../components/virtual-table.tsx';
import { counted, objectName } from '../format/words.ts';
import { useUrlState } from '../hooks/use-url-state.ts';

const states = [
  { value: 'fail', label: 'Failed' },
  { value: 'unknown', label: 'Unknown' },
  { value: 'excepted', label: 'Excepted' },
  { value: 'pass', label: 'Passed' },
  { value: 'not-applicable', label: 'N/A' },
];
const facetNames = ['control', 'namespace', 'kind'] as const;
const facetLabels = { control: 'Control', namespace: 'Namespace', kind: 'Kind' } as const;
const step = 500;

/** The verdicts behind every count: what failed, what could not be judged and why, what is excepted by what. */
export function Verdicts(): ReactElement {
  const url = useUrlState();
  const { set } = url;
  const state = url.get('state') || 'fail';
  const offset = Number(url.get('offset')) || 0;
  const filter = {
    state,
    control: url.get('control'),
    namespace: url.get('namespace'),
    kind: url.get('kind'),
    q: url.get('q'),
  };
  const query = useVerdicts({ ...filter, offset, limit: step });
  const total = query.data?.total ?? 0;
  return (
    <ListPage
      title="Verdicts"
      what="the verdicts"
      query={query}
      status={query.data === undefined ? '' : counted(total, 'verdict')}
      tabs={<PostureTabs />}
      filters={
        <>
          <UrlSearch url={url} label="Search verdicts" />
          <Segments
            label="State"
            choices={states}
            value={state}
            onChange={(value) => set({ state: value === 'fail' ? '' : value, offset: '' })}
          />
          {facetNames.map((name) => (
            <UrlFacet
              url={url}
              name={name}
              key={name}
              label={facetLabels[name]}
              facets={query.data?.facets[name]}
            />
          ))}
        </>
      }
      below={<Pager url={url} total={total} step={step} />}
    >
      {({ items }) =>
        items.length === 0 ? (
          <Empty title="No verdict is like that">
            <p>Nothing is in this state under these filters.</p>
          </Empty>
        ) : (
          <VirtualTable
            label="Verdicts"
            isOld={query.isPlaceholderData}
            place={JSON.stringify({ ...filter, offset })}
            count={items.length}
            item={(index) => items[index]}
            id={({ controlId, key }) => `${controlId}/${key}`}
            to={({ key }) => resourcePath(key)}
            columns={columns}
            card={(verdict) => <Card verdict={verdict} />}
            cardHeight={92}
          />
        )
      }
    </ListPage>
  );
}

const columns: readonly Column<VerdictJson>[] = [
  {
    key: 'severity',
    label: 'Severity',
    width: '6rem',
    cell: ({ severity }) => <SeverityMark severity={severity} />,
  },
  {
    key: 'control',
    label: 'Control',
    width: 'minmax(0, 1.2fr)',
    cell: ({ controlId, control }) => (
      <Link to={`/controls/${controlId}`} tabIndex={-1} title={`${controlId} ${control}`}>
        {control}
      </Link>
    ),
  },
  {
    key: 'object',
    label: 'Where',
    width: 'minmax(0, 1.1fr)',
    cell: ({ key, object }) => (
      <Link to={resourcePath(key)} tabIndex={-1} title={objectName(object)}>
        {objectName(object)}
      </Link>
    ),
  },
  {
    key: 'why',
    label: 'Why',
    width: 'minmax(0, 1.7fr)',
    cell: (verdict) => (
      <span className="dim small" title={why(verdict)}>
        {why(verdict)}
      </span>
    ),
  },
];

/** Why it is what it is, in one line. */
function why({ reason, exception, evidence }: VerdictJson): string {
  const told = reason ?? evidence[0]?.message ?? '';
  return exception === undefined ? told : `${exception}: ${told}`;
}

function Card({ verdict }: { readonly verdict: VerdictJson }): ReactElement {
  return (
    <>
      <span className="row spread">
        <SeverityMark severity={verdict.severity} />
        <span className="small mono dim">{verdict.controlId}</span>
      </span>
      <span className="clip">
        <Link to={resourcePath(verdict.key)} className="vt-link" tabIndex={-1}>
          {verdict.control}
        </Link>
      </span>
      <span className="clip small mono">{objectName(verdict.object)}</span>
    </>
  );
}
