import { NativeSelect } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { Link, useParams } from 'react-router';
import { useDrills, useOverview } from '../api/queries.ts';
import type { DrillJson } from '../api/types.ts';
import { HopBars } from '../components/hop-bars.tsx';
import { Loaded } from '../components/loaded.tsx';
import { RunDrill } from '../components/run-drill.tsx';
import { StateMark } from '../components/severity.tsx';
import { Empty, Loading } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { duration } from '../format/time.ts';
import { listed } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import './drills.css';

/** Proof that a page would arrive: a marked finding sent through the running chain. */
export function Drills(): ReactElement {
  useTitle('Drills');
  const query = useDrills();
  const { id = '' } = useParams();
  return (
    <div className="page">
      <header>
        <h1>Drills</h1>
      </header>
      <section className="panel stack">
        <p className="prose">
          A drill sends a marked finding through the running chain, from the change to the receipt, times each
          hop and clears itself away. By default it ends in the <Link to="/inbox">inbox</Link> and disturbs
          nobody.
        </p>
        <Start />
      </section>
      <Loaded query={query} what="load the drills" loading={<Loading lines={8} label="Loading the drills" />}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No drill has been run yet">
              <p>Run one now: it takes about a second, and then you know.</p>
            </Empty>
          ) : (
            <List items={items} chosen={id} />
          )
        }
      </Loaded>
    </div>
  );
}

function Start(): ReactElement {
  const { data } = useOverview();
  const [receiver, setReceiver] = useState('');
  const [sure, setSure] = useState(false);
  const receivers = (data?.parts ?? [])
    .map(({ name }) => /^receiver:(.+)$/.exec(name)?.[1])
    .filter((name) => name !== undefined && name !== 'inbox');
  return (
    <div className="stack tight">
      <div className="row wraps drill-start">
        <NativeSelect
          size="xs"
          label="Where it should arrive"
          value={receiver}
          onChange={(event) => {
            setReceiver(event.currentTarget.value);
            setSure(false);
          }}
          data={[
            { value: '', label: 'Inbox (disturbs nobody)' },
            ...receivers.map((name) => ({ value: name ?? '', label: `${name} (real people)` })),
          ]}
        />
        <RunDrill receiver={receiver} label="Run a drill" disabled={receiver !== '' && !sure} />
      </div>
      {receiver !== '' && (
        <label className="row small">
          <input type="checkbox" checked={sure} onChange={(event) => setSure(event.currentTarget.checked)} />
          Send a message marked as a drill to {receiver}, where people will see it
        </label>
      )}
    </div>
  );
}

function List({
  items,
  chosen,
}: {
  readonly items: readonly DrillJson[];
  readonly chosen: string;
}): ReactElement {
  const open = items.find(({ id }) => id === chosen) ?? items[0];
  return (
    <ul className="drills">
      {items.map((drill) => (
        <li key={drill.id} className="panel">
          <div className="row spread wraps">
            <span className="row wraps">
              <Outcome drill={drill} />
              <span className="dim small">
                to {drill.receiver}, <Ago atMs={drill.startedAtMs} />
              </span>
            </span>
            {drill !== open && (
              <Link to={`/drills/${encodeURIComponent(drill.id)}`} className="small">
                Show the hops
              </Link>
            )}
          </div>
          {drill === open && <Detail drill={drill} />}
          {drill !== open && drill.problem !== '' && <p className="small dim wrap">{drill.problem}</p>}
        </li>
      ))}
    </ul>
  );
}

function Outcome({ drill }: { readonly drill: DrillJson }): ReactElement {
  if (drill.state === 'running') return <StateMark tone="plain" label="Running" />;
  if (drill.state === 'stopped') {
    const stop = drill.hops.find(({ afterMs }) => afterMs === undefined)?.hop;
    return <StateMark tone="bad" label={stop === undefined ? 'Did not arrive' : `Stopped before ${stop}`} />;
  }
  const tookMs = Math.max(0, ...drill.hops.map(({ afterMs }) => afterMs ?? 0));
  return <StateMark tone="good" label={`Arrived in ${duration(tookMs)}`} />;
}

function Detail({ drill }: { readonly drill: DrillJson }): ReactElement {
  return (
    <div className="stack drill-detail">
      {drill.problem !== '' && (
        <div className="failure stack tight">
          <h2>Why it stopped</h2>
          <p className="wrap">{drill.problem}</p>
        </div>
      )}
      <HopBars drill={drill} />
      <p className="small dim">
        {drill.wouldReach.length === 0
          ? 'A real alert like this would reach nobody: no route matches it.'
          : `A real alert like this would reach ${listed(drill.wouldReach)}.`}
      </p>
    </div>
  );
}
