import { Button } from '@mantine/core';
import { type ReactElement, useCallback, useMemo } from 'react';
import { Link } from 'react-router';
import { useLive } from '../api/live-events.ts';
import { useLedger } from '../api/queries.ts';
import type { LedgerRowJson } from '../api/types.ts';
import { FacetFilter } from '../components/facet-filter.tsx';
import { Stations, Subject, stationLabel, Timeline } from '../components/ledger.tsx';
import { decisionTone, rowFacts, rowTitle, stations } from '../components/ledger-row.ts';
import { Loaded } from '../components/loaded.tsx';
import { SearchField } from '../components/search-field.tsx';
import { StateMark } from '../components/severity.tsx';
import { Empty, Loading } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { type Column, VirtualTable } from '../components/virtual-table.tsx';
import { absolute, clockTime } from '../format/time.ts';
import { counted } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import { type UrlState, useUrlState } from '../hooks/use-url-state.ts';

/** Everything that the chain did, newest first; or, of one cause, how it went through, oldest first. */
export function Ledger(): ReactElement {
  useTitle('Ledger');
  const url = useUrlState();
  const cause = url.get('cause');
  const filter = { cause, subject: url.get('subject'), alert: url.get('alert') };
  const query = useLedger(filter);
  const { rows: live } = useLive();
  const narrowed = Object.values(filter).some((value) => value !== '');
  return (
    <div className={cause === '' ? 'page fill' : 'page'}>
      <header>
        <h1>{cause === '' ? 'Ledger' : <>What one change caused</>}</h1>
        {narrowed && (
          <Link to="/ledger" className="small">
            ← The whole ledger
          </Link>
        )}
      </header>
      <Loaded
        query={query}
        what="load the ledger"
        loading={<Loading lines={14} label="Loading the ledger" />}
      >
        {({ items }) =>
          cause === '' ? (
            <List rows={narrowed ? items : withLive(items, live)} url={url} />
          ) : (
            <OneCause rows={items} cause={cause} />
          )
        }
      </Loaded>
    </div>
  );
}

function withLive(items: readonly LedgerRowJson[], live: readonly LedgerRowJson[]): readonly LedgerRowJson[] {
  return [...new Map([...live, ...items].map((row) => [row.id, row])).values()];
}

function OneCause({
  rows,
  cause,
}: {
  readonly rows: readonly LedgerRowJson[];
  readonly cause: string;
}): ReactElement {
  const ordered = useMemo(() => [...rows].sort((a, b) => a.atMs - b.atMs || a.id - b.id), [rows]);
  if (ordered.length === 0) {
    return (
      <Empty title="The ledger has nothing with this cause">
        <p>
          Nothing is written under <code className="wrap">{cause}</code>; old rows are removed in time.
        </p>
      </Empty>
    );
  }
  return (
    <>
      <section className="panel">
        <Stations rows={ordered} />
      </section>
      <section className="panel">
        <Timeline rows={ordered} />
      </section>
    </>
  );
}

const columns: readonly Column<LedgerRowJson>[] = [
  {
    key: 'time',
    label: 'Time',
    width: '7.5rem',
    cell: ({ atMs }) => (
      <span className="mono small" title={absolute(atMs)}>
        {clockTime(atMs)}
      </span>
    ),
  },
  { key: 'ago', label: 'Ago', width: '5.2rem', cell: ({ atMs }) => <Ago atMs={atMs} /> },
  { key: 'hop', label: 'Hop', width: '4.5rem', cell: ({ hop }) => stationLabel(hop) },
  {
    key: 'decision',
    label: 'What happened',
    width: '8rem',
    cell: ({ decision }) => <StateMark tone={decisionTone(decision)} label={decision} />,
  },
  { key: 'subject', label: 'To what', width: 'minmax(0, 1.4fr)', cell: (row) => <Subject row={row} /> },
  {
    key: 'facts',
    label: 'Facts',
    width: 'minmax(0, 1.4fr)',
    cell: (row) => <span className="small dim">{factLine(row)}</span>,
  },
  {
    key: 'cause',
    label: 'Cause',
    width: '8rem',
    cell: ({ cause }) =>
      cause === '' ? (
        ''
      ) : (
        <Link className="mono small" tabIndex={-1} to={`/ledger?cause=${encodeURIComponent(cause)}`}>
          {cause}
        </Link>
      ),
  },
];

function factLine(row: LedgerRowJson): string {
  return rowFacts(row)
    .map(([name, value]) => `${name} ${value}`)
    .join(' · ');
}

function List({
  rows,
  url,
}: {
  readonly rows: readonly LedgerRowJson[];
  readonly url: UrlState;
}): ReactElement {
  const { set } = url;
  const q = url.get('q');
  const hops = url.list('hop');
  const search = useCallback((text: string) => set({ q: text }, true), [set]);
  const word = q.toLowerCase();
  const shown = rows
    .filter(({ hop }) => hops.length === 0 || hops.includes(hop))
    .filter((row) =>
      `${rowTitle(row)} ${row.subject} ${row.decision} ${row.cause} ${factLine(row)}`
        .toLowerCase()
        .includes(word),
    )
    .sort((a, b) => b.id - a.id);
  // Besides the stations of the chain, what else there are rows of: jobs, decisions of the webhook.
  const beside = [...new Set(rows.map(({ hop }) => hop))]
    .filter((hop) => stations.every((station) => station.hop !== hop))
    .map((hop) => ({ hop, label: stationLabel(hop) }));
  const facets = [...stations, ...beside].map(({ hop, label }) => ({
    value: hop,
    label,
    count: rows.filter((row) => row.hop === hop).length,
  }));
  return (
    <>
      <div className="filters">
        <SearchField value={q} onChange={search} label="Search the ledger" />
        <FacetFilter label="Hop" facets={facets} chosen={hops} onChange={(hop) => set({ hop })} />
        <span className="dim small" role="status">
          {counted(shown.length, 'row')} of the newest {rows.length}
        </span>
      </div>
      {shown.length > 0 ? (
        <VirtualTable
          label="Ledger"
          place={`ledger ${q} ${hops.join()}`}
          count={shown.length}
          item={(index) => shown[index]}
          id={({ id }) => String(id)}
          to={({ cause }) => `/ledger?cause=${encodeURIComponent(cause)}`}
          columns={columns}
          card={(row) => (
            <>
              <span className="row spread">
                <StateMark tone={decisionTone(row.decision)} label={row.decision} />
                <span className="small dim">
                  {stationLabel(row.hop)}, <Ago atMs={row.atMs} />
                </span>
              </span>
              <span className="clip">
                <Subject row={row} />
              </span>
              <span className="clip small dim">{factLine(row)}</span>
            </>
          )}
        />
      ) : rows.length > 0 ? (
        <Empty title="No row is like that">
          <Button size="xs" variant="default" onClick={() => set({ q: '', hop: '' })}>
            Clear the filters
          </Button>
        </Empty>
      ) : (
        <Empty title="Nothing has happened yet">
          <p>Each change, verdict, alert and message is written here, with its time and its cause.</p>
        </Empty>
      )}
    </>
  );
}
