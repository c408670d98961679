import type { ReactElement } from 'react';
import { Link } from 'react-router';
import type { LedgerRowJson } from '../api/types.ts';
import { absolute, clockTime, duration } from '../format/time.ts';
import { capitalised } from '../format/words.ts';
import { decisionTone, rowFacts, rowTitle, stations, subjectLink } from './ledger-row.ts';
import { StateMark } from './severity.tsx';
import { Ago } from './time.tsx';
import './ledger.css';

/** What happened lately, newest first, one line each. */
export function Feed({
  rows,
  arrived,
}: {
  readonly rows: readonly LedgerRowJson[];
  readonly arrived: number;
}): ReactElement {
  return (
    <div className="feed-frame">
      <ol className="feed">
        {rows.map((row) => (
          <li key={row.id} className={row.atMs >= arrived ? 'arrive' : undefined}>
            <span className="dim small">
              <Ago atMs={row.atMs} />
            </span>
            <span className="hop">{stationLabel(row.hop)}</span>
            <span className="small">
              <StateMark tone={decisionTone(row.decision)} label={row.decision} />
            </span>
            <span className="clip" title={rowTitle(row)}>
              <Subject row={row} />
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** The nine stations, and when each was first reached. */
export function Stations({ rows }: { readonly rows: readonly LedgerRowJson[] }): ReactElement {
  const first = new Map<string, LedgerRowJson>();
  for (const row of rows) if (!first.has(row.hop)) first.set(row.hop, row);
  const startMs = rows[0]?.atMs ?? 0;
  return (
    <ol className="rail">
      {stations.map(({ hop, label, what }) => {
        const row = first.get(hop);
        return (
          <li key={hop} data-reached={row === undefined ? undefined : true} title={`${label}: ${what}`}>
            <strong className="small">{label}</strong>
            <span className="small dim">
              {row === undefined ? 'not reached' : row.atMs === startMs ? 'start' : since(row.atMs - startMs)}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

/** Every row with its time, the time since the one before, its cause and its facts; oldest first. */
export function Timeline({ rows }: { readonly rows: readonly LedgerRowJson[] }): ReactElement {
  return (
    <ol className="timeline">
      {rows.map((row, index) => {
        const before = rows[index - 1];
        return (
          <li key={row.id}>
            <time
              className="mono small nowrap"
              dateTime={new Date(row.atMs).toISOString()}
              title={absolute(row.atMs)}
            >
              {clockTime(row.atMs)}
            </time>
            <span className="dim small gap nowrap">
              {before === undefined ? '' : since(row.atMs - before.atMs)}
            </span>
            <span className="hop">{stationLabel(row.hop)}</span>
            <RowBody row={row} newCause={before?.cause !== row.cause} />
          </li>
        );
      })}
    </ol>
  );
}

function RowBody({
  row,
  newCause,
}: {
  readonly row: LedgerRowJson;
  /** Whether the row before had another cause, so that this one is worth saying. */
  readonly newCause: boolean;
}): ReactElement {
  const facts = rowFacts(row);
  return (
    <div className="stack tight">
      <div className="row wraps">
        <StateMark tone={decisionTone(row.decision)} label={row.decision} />
        <span className="wrap">
          <Subject row={row} />
        </span>
        {newCause && row.cause !== '' && (
          <Link
            className="small dim"
            to={`/ledger?cause=${encodeURIComponent(row.cause)}`}
            title="Everything with this cause"
          >
            cause <span className="mono">{row.cause}</span>
          </Link>
        )}
      </div>
      {facts.length > 0 && (
        <dl className="row-facts">
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}

export function Subject({
  row,
  covering = false,
}: {
  readonly row: LedgerRowJson;
  readonly covering?: boolean;
}): ReactElement {
  const to = subjectLink(row);
  const title = rowTitle(row);
  if (to === undefined) return <span>{title}</span>;
  return (
    <Link to={to} {...(covering && { className: 'vt-link', tabIndex: -1 })}>
      {title}
    </Link>
  );
}

export function stationLabel(hop: string): string {
  return stations.find((station) => station.hop === hop)?.label ?? capitalised(hop);
}

function since(ms: number): string {
  return ms < 0 ? `−${duration(-ms)}` : `+${duration(ms)}`;
}
