import { Button } from '@mantine/core';
import type { ReactElement } from 'react';
import { Link, Navigate, useLocation } from 'react-router';
import { useSuppressions } from '../api/suppressions.ts';
import type { SuppressionJson } from '../api/types.ts';
import { AlertingTabs } from '../components/alerting-tabs.tsx';
import { ListPage } from '../components/list-page.tsx';
import { Segments } from '../components/segments.tsx';
import { Empty } from '../components/states.tsx';
import { SuppressionState } from '../components/suppression-state.tsx';
import { Ago } from '../components/time.tsx';
import { UrlSearch } from '../components/url-filters.tsx';
import { type Column, VirtualTable } from '../components/virtual-table.tsx';
import { counted } from '../format/words.ts';
import { useUrlState } from '../hooks/use-url-state.ts';

const states = [
  { value: '', label: 'Active and to come' },
  { value: 'active', label: 'Active' },
  { value: 'pending', label: 'To come' },
  { value: 'expired', label: 'Ended' },
];
const kinds = [
  { value: '', label: 'Both' },
  { value: 'silence', label: 'Silences' },
  { value: 'exception', label: 'Exceptions' },
];

/** What is knowingly not told, by whose decision, and until when: silences of alerts and exceptions of verdicts. */
export function Suppressions(): ReactElement {
  const url = useUrlState();
  const { set } = url;
  const state = url.get('state');
  const kind = url.get('kind');
  const q = url.get('q');
  const query = useSuppressions({ kind, state, q });
  return (
    <ListPage
      title="Silences and exceptions"
      what="the silences and exceptions"
      query={query}
      actions={
        <>
          <Button component={Link} to="/silences/new" size="xs">
            New silence
          </Button>
          <Button component={Link} to="/exceptions/new" size="xs" variant="default">
            New exception
          </Button>
        </>
      }
      tabs={<AlertingTabs />}
      filters={
        <>
          <UrlSearch url={url} label="Search silences and exceptions" />
          <Segments label="Kind" value={kind} onChange={(value) => set({ kind: value })} choices={kinds} />
          <Segments
            label="State"
            value={state}
            onChange={(value) => set({ state: value })}
            choices={states}
          />
        </>
      }
    >
      {({ items }) => {
        const shown = state === '' ? items.filter((one) => one.state !== 'expired') : items;
        return shown.length === 0 ? (
          <Empty title={q + state + kind === '' ? 'Nothing is held back' : 'Nothing is like that'}>
            <p>
              A silence holds alerts back, an exception takes failing verdicts out of findings and alerts;
              each for a reason, by somebody, and until an end.
            </p>
          </Empty>
        ) : (
          <>
            <span className="dim small" role="status">
              {counted(shown.length, 'entry', 'entries')}
            </span>
            <VirtualTable
              label="Silences and exceptions"
              isOld={query.isPlaceholderData}
              place={`suppressions ${kind} ${state} ${q}`}
              count={shown.length}
              item={(index) => shown[index]}
              id={({ id }) => id.replaceAll(/[^\w-]/g, '-')}
              to={addressOf}
              columns={columns}
              card={(one) => <Card one={one} />}
              cardHeight={116}
            />
          </>
        );
      }}
    </ListPage>
  );
}

/** The address that lists of silences had. */
export function SilencesAddress(): ReactElement {
  const { search } = useLocation();
  const query = new URLSearchParams(search);
  query.set('kind', 'silence');
  return <Navigate to={`/suppressions?${query}`} replace />;
}

function addressOf({ kind, id }: SuppressionJson): string {
  return `/${kind}s/${encodeURIComponent(id)}`;
}

function Ends({ one }: { readonly one: SuppressionJson }): ReactElement {
  return one.isEndless ? <span className="bad-text">never</span> : <Ago atMs={one.endsAtMs} />;
}

const columns: readonly Column<SuppressionJson>[] = [
  { key: 'kind', label: 'Kind', width: '6.5rem', cell: ({ kind }) => kind },
  {
    key: 'scope',
    label: 'What it is for',
    width: 'minmax(0, 2.4fr)',
    cell: (one) => (
      <Link to={addressOf(one)} className="vt-link mono small" tabIndex={-1} title={one.scope.join('\n')}>
        {one.scope.join('; ')}
      </Link>
    ),
  },
  { key: 'state', label: 'State', width: '9.5rem', cell: (one) => <SuppressionState one={one} /> },
  {
    key: 'holds',
    label: 'Holds back',
    width: '7.5rem',
    cell: (one) => (one.state === 'active' ? heldBack(one) : '–'),
  },
  { key: 'ends', label: 'Ends', width: '6.5rem', cell: (one) => <Ends one={one} /> },
  { key: 'owner', label: 'Owner', width: '8rem', cell: ({ owner, createdBy }) => owner || createdBy },
  {
    key: 'reason',
    label: 'Reason',
    width: 'minmax(0, 1fr)',
    cell: ({ reason, origin, source }) => (
      <span title={source === '' ? reason : `${reason} (${source})`}>
        {reason}
        {origin !== 'person' && (
          <span className="dim"> (from {origin === 'file' ? 'a file' : 'an object'})</span>
        )}
      </span>
    ),
  },
];

function heldBack({ kind, holdsBack }: SuppressionJson): string {
  return kind === 'silence' ? counted(holdsBack, 'alert') : counted(holdsBack, 'verdict');
}

function Card({ one }: { readonly one: SuppressionJson }): ReactElement {
  return (
    <>
      <span className="row spread">
        <span className="row">
          <SuppressionState one={one} />
          <span className="small dim">{one.kind}</span>
        </span>
        <span className="small dim">
          ends <Ends one={one} />
        </span>
      </span>
      <Link to={addressOf(one)} className="vt-link mono small clip" tabIndex={-1}>
        {one.scope.join('; ')}
      </Link>
      <span className="small clip">{one.reason}</span>
      <span className="small dim clip">
        {one.owner || one.createdBy}
        {one.state === 'active' && `, holds back ${heldBack(one)}`}
      </span>
    </>
  );
}
