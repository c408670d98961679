import type { ReactElement } from 'react';
import { Link } from 'react-router';
import type { OverviewJson, PartJson } from '../api/types.ts';
import { duration } from '../format/time.ts';
import { count } from '../format/words.ts';
import { RunDrill } from './run-drill.tsx';
import { StateMark, type Tone } from './severity.tsx';
import { Empty } from './states.tsx';
import { Ago } from './time.tsx';

const tones: Readonly<Record<PartJson['state'], Tone>> = {
  ok: 'good',
  degraded: 'warn',
  failed: 'bad',
  starting: 'plain',
};
const worst: readonly PartJson['state'][] = ['failed', 'degraded', 'starting', 'ok'];

/** Each part's freshness, what the alerts are doing, and the last drill with a button for the next. */
export function ChainHealth({ overview }: { readonly overview: OverviewJson }): ReactElement {
  const { alerts, lastDrill, parts } = overview;
  const ordered = [...parts].sort((a, b) => worst.indexOf(a.state) - worst.indexOf(b.state));
  return (
    <section className="panel stack tight">
      <header>
        <h2>The chain</h2>
        <span className="small">
          <Link to="/alerts?state=firing">{count(alerts.firing)} firing</Link>
          {' · '}
          <Link to="/alerts?state=pending">{count(alerts.pending)} pending</Link>
          {' · '}
          <Link to="/alerts?state=silenced">{count(alerts.silenced)} silenced</Link>
        </span>
      </header>
      {parts.length === 0 ? (
        <Empty title="No part has reported yet" />
      ) : (
        <ul className="parts">
          {ordered.map(({ name, state, message, lastSuccessMs }) => (
            <li key={name}>
              <span className="clip">{name.replace(':', ': ')}</span>
              <StateMark tone={tones[state]} label={state} />
              <span className="small dim">
                {lastSuccessMs === undefined ? 'not yet' : <Ago atMs={lastSuccessMs} />}
              </span>
              {message !== '' && <span className="message-line wrap">{message}</span>}
            </li>
          ))}
        </ul>
      )}
      <div className="row spread wraps">
        <span className="small">
          <Link to="/drills">Last drill</Link>:{' '}
          {lastDrill === undefined ? 'none yet' : <DrillResult drill={lastDrill} />}
        </span>
        <RunDrill receiver="" label="Run a drill" />
      </div>
    </section>
  );
}

function DrillResult({ drill }: { readonly drill: NonNullable<OverviewJson['lastDrill']> }): ReactElement {
  if (drill.state === 'running') return <StateMark tone="plain" label="running" />;
  if (drill.state === 'stopped') {
    return (
      <>
        <StateMark tone="bad" label="did not arrive" />, <Ago atMs={drill.startedAtMs} />
      </>
    );
  }
  const tookMs = Math.max(0, ...drill.hops.map(({ afterMs }) => afterMs ?? 0));
  return (
    <>
      <StateMark tone="good" label={`arrived in ${duration(tookMs)}`} />, <Ago atMs={drill.startedAtMs} />
    </>
  );
}
