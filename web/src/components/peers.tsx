import type { ReactElement } from 'react';
import { usePeers } from '../api/alerting.ts';
import type { PeerJson, PeersJson } from '../api/types.ts';
import { duration } from '../format/time.ts';
import { StateMark, type Tone } from './severity.tsx';
import { Failure } from './states.tsx';
import { Ago } from './time.tsx';
import './peers.css';

/** A clock that is wrong by more than this makes silences begin and end at odd times. */
const oddClockMs = 2000;

/** The processes that tell of the same alerts, and how they are; nothing where this one works for itself. */
export function Peers(): ReactElement | null {
  const { data, error } = usePeers();
  if (error !== null) return <Failure what="load the peers" error={error} />;
  return data?.shared === undefined ? null : <Shared shared={data.shared} />;
}

const states: Readonly<Record<Shared['state'], { tone: Tone; label: string }>> = {
  together: { tone: 'good', label: 'together' },
  joining: { tone: 'plain', label: 'joining' },
  alone: { tone: 'bad', label: 'alone' },
};

type Shared = NonNullable<PeersJson['shared']>;

function Shared({ shared }: { readonly shared: Shared }): ReactElement {
  const { state, sinceMs, problem, isListening, members } = shared;
  const { tone, label } = states[state];
  return (
    <section className="panel stack tight" id="peers" aria-label="Peers">
      <div className="row spread wraps">
        <h2>Peers</h2>
        <span className="small">
          <StateMark tone={tone} label={label} />{' '}
          <span className="dim">
            since <Ago atMs={sinceMs} />
          </span>
        </span>
      </div>
      <p className="small dim">
        {state === 'alone'
          ? 'The shared database is away. This process tells of everything itself, and so do its peers: notifications may come twice, none is lost.'
          : 'Each notification is sent by one of these processes. They share silences and what was told.'}
        {state === 'together' &&
          !isListening &&
          ' Changes are looked for every second, as they are not heard at once.'}
      </p>
      {problem !== '' && <p className="small bad-text wrap">{problem}</p>}
      <ul className="peers">
        {members.map((member) => (
          <Peer key={`${member.name} ${member.startedAtMs}`} member={member} isKnown={state === 'together'} />
        ))}
      </ul>
    </section>
  );
}

function Peer({ member, isKnown }: { readonly member: PeerJson; readonly isKnown: boolean }): ReactElement {
  const { name, address, version, isSelf, isAlive, startedAtMs, lastSeenMs, aheadMs } = member;
  return (
    <li>
      <span className="wrap">
        {name} {isSelf && <span className="dim">(this one)</span>}
      </span>
      {isAlive ? (
        <StateMark tone="good" label="lives" />
      ) : (
        <StateMark tone={isKnown ? 'bad' : 'plain'} label={isKnown ? 'gone' : 'not known'} />
      )}
      <span className="small dim wrap">
        {address}, version {version},{' '}
        {isAlive ? (
          <>
            started <Ago atMs={startedAtMs} />
          </>
        ) : (
          <>
            last heard of <Ago atMs={lastSeenMs} />
          </>
        )}
      </span>
      {Math.abs(aheadMs) > oddClockMs && (
        <span className="small bad-text">
          Its clock is {duration(Math.abs(aheadMs))} {aheadMs > 0 ? 'behind' : 'ahead of'} the
          database&apos;s.
        </span>
      )}
    </li>
  );
}
