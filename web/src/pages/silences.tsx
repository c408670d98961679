import { Button } from '@mantine/core';
import { type ReactElement, useCallback } from 'react';
import { Link } from 'react-router';
import { useSilences } from '../api/alerting.ts';
import type { SilenceJson } from '../api/types.ts';
import { AlertingTabs } from '../components/alerting-tabs.tsx';
import { Loaded } from '../components/loaded.tsx';
import { SearchField } from '../components/search-field.tsx';
import { Segments } from '../components/segments.tsx';
import { StateMark } from '../components/severity.tsx';
import { Empty, Loading } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { type Column, VirtualTable } from '../components/virtual-table.tsx';
import { counted } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import { useUrlState } from '../hooks/use-url-state.ts';

const states = [
  { value: '', label: 'Active and to come' },
  { value: 'active', label: 'Active' },
  { value: 'pending', label: 'To come' },
  { value: 'expired', label: 'Ended' },
];

/** What is not told, by whose decision, and until when. */
export function Silences(): ReactElement {
  useTitle('Silences');
  const url = useUrlState();
  const { set } = url;
  const state = url.get('state');
  const q = url.get('q');
  const query = useSilences({ state, q });
  const search = useCallback((text: string) => set({ q: text }, true), [set]);
  return (
    <div className="page fill">
      <header>
        <h1>Silences</h1>
        <Button component={Link} to="/silences/new" size="xs">
          New silence
        </Button>
      </header>
      <AlertingTabs />
      <div className="filters">
        <SearchField value={q} onChange={search} label="Search silences" />
        <Segments label="State" value={state} onChange={(value) => set({ state: value })} choices={states} />
      </div>
      <Loaded
        query={query}
        what="load the silences"
        loading={<Loading lines={10} label="Loading the silences" />}
      >
        {({ items }) => {
          const shown = state === '' ? items.filter((one) => one.state !== 'expired') : items;
          return shown.length === 0 ? (
            <Empty title={q === '' && state === '' ? 'Nothing is silenced' : 'No silence is like that'}>
              <p>
                Every alert is told to whom its route leads. A silence holds alerts back, for a reason and
                until an end.
              </p>
            </Empty>
          ) : (
            <>
              <span className="dim small" role="status">
                {counted(shown.length, 'silence')}
              </span>
              <VirtualTable
                label="Silences"
                place={`silences ${state} ${q}`}
                count={shown.length}
                item={(index) => shown[index]}
                id={({ id }) => id.replaceAll(/[^\w-]/g, '-')}
                to={({ id }) => `/silences/${encodeURIComponent(id)}`}
                columns={columns}
                card={(silence) => <Card silence={silence} />}
                cardHeight={116}
              />
            </>
          );
        }}
      </Loaded>
    </div>
  );
}

export function SilenceState({ silence }: { readonly silence: SilenceJson }): ReactElement {
  const { state, windows } = silence;
  if (state === 'active') return <StateMark tone="warn" label="active" />;
  if (state === 'expired') return <StateMark tone="plain" label="ended" />;
  return <StateMark tone="plain" label={windows.length > 0 ? 'between windows' : 'to come'} />;
}

function Ends({ silence }: { readonly silence: SilenceJson }): ReactElement {
  return silence.isEndless ? <span className="bad-text">never</span> : <Ago atMs={silence.endsAtMs} />;
}

const columns: readonly Column<SilenceJson>[] = [
  {
    key: 'matchers',
    label: 'What it matches',
    width: 'minmax(0, 1.6fr)',
    cell: (silence) => (
      <Link to={`/silences/${encodeURIComponent(silence.id)}`} className="vt-link mono small" tabIndex={-1}>
        {silence.matchers.join('  ')}
      </Link>
    ),
  },
  { key: 'state', label: 'State', width: '10rem', cell: (silence) => <SilenceState silence={silence} /> },
  {
    key: 'hides',
    label: 'Hides now',
    width: '6rem',
    cell: ({ matches, state }) => (state === 'active' ? matches : '–'),
  },
  { key: 'ends', label: 'Ends', width: '6.5rem', cell: (silence) => <Ends silence={silence} /> },
  { key: 'owner', label: 'Owner', width: '8rem', cell: ({ owner, createdBy }) => owner || createdBy },
  {
    key: 'reason',
    label: 'Reason',
    width: 'minmax(0, 1fr)',
    cell: ({ reason, origin }) => (
      <span title={reason}>
        {reason}
        {origin === 'file' && <span className="dim"> (from a file)</span>}
      </span>
    ),
  },
];

function Card({ silence }: { readonly silence: SilenceJson }): ReactElement {
  return (
    <>
      <span className="row spread">
        <SilenceState silence={silence} />
        <span className="small dim">
          ends <Ends silence={silence} />
        </span>
      </span>
      <Link
        to={`/silences/${encodeURIComponent(silence.id)}`}
        className="vt-link mono small clip"
        tabIndex={-1}
      >
        {silence.matchers.join('  ')}
      </Link>
      <span className="small clip">{silence.reason}</span>
      <span className="small dim clip">
        {silence.owner || silence.createdBy}
        {silence.state === 'active' && `, hides ${counted(silence.matches, 'alert')}`}
      </span>
    </>
  );
}
