import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { useAttackPaths } from '../api/posture.ts';
import type { AttackPathJson, AttackPathsJson, AttackStepJson } from '../api/types.ts';
import { resourcePath } from '../components/control-rows.tsx';
import { Loaded } from '../components/loaded.tsx';
import { PostureTabs } from '../components/posture-tabs.tsx';
import { Segments } from '../components/segments.tsx';
import { SeverityMark, StateMark } from '../components/severity.tsx';
import { Empty } from '../components/states.tsx';
import { count, counted, listed, objectName } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import { type UrlState, useUrlState } from '../hooks/use-url-state.ts';
import '../components/posture.css';

/** How many pictures are drawn; the worst come first. */
const mostDrawn = 50;

/** The ways into the cluster that workloads leave open, drawn step by step, the worst first. */
export function AttackPaths(): ReactElement {
  useTitle('Attack paths');
  const query = useAttackPaths();
  const url = useUrlState();
  return (
    <div className="page">
      <header>
        <h1>Attack paths</h1>
        <span className="dim" role="status">
          {query.data === undefined ? '' : counted(query.data.total, 'path')}
        </span>
      </header>
      <PostureTabs />
      <Loaded query={query} what="load the attack paths">
        {(data) => <Body data={data} url={url} />}
      </Loaded>
    </div>
  );
}

function Body({ data, url }: { readonly data: AttackPathsJson; readonly url: UrlState }): ReactElement {
  const state = url.get('state');
  const track = url.get('track');
  const shown = data.items.filter(
    (path) => (state === '' || path.state === state) && (track === '' || path.track === track),
  );
  const unjudged = [...new Set(data.tracks.flatMap((one) => one.unjudged))].sort();
  return (
    <>
      {unjudged.length > 0 && (
        <p className="warning">
          These tell too little: {listed(unjudged)} {unjudged.length === 1 ? 'is' : 'are'} in no framework
          that is judged. Name <code>AllControls</code> under <code>posture.frameworks</code> to see every
          path.
        </p>
      )}
      <section className="panel">
        <ul className="plain-list">
          {data.tracks.map(({ name, title, note, complete, possible }) => (
            <li key={name} className="wrap">
              <Link to={track === name ? '/attack-paths' : `/attack-paths?track=${name}`}>{title}</Link>{' '}
              <span className="small dim">
                {count(complete)} complete, {count(possible)} possible{track === name && ' (chosen)'}
                {note !== '' && `. ${note}`}
              </span>
            </li>
          ))}
        </ul>
      </section>
      <div className="filters">
        <Segments
          label="State"
          choices={[
            { value: '', label: 'All' },
            { value: 'complete', label: 'Complete' },
            { value: 'possible', label: 'Possible' },
          ]}
          value={state}
          onChange={(value) => url.set({ state: value })}
        />
      </div>
      {shown.length === 0 && (
        <Empty title="No attack path">
          <p>
            {unjudged.length > 0
              ? 'None that could be seen with what is judged.'
              : 'No workload leaves every step of a way in open.'}
          </p>
        </Empty>
      )}
      {shown.slice(0, mostDrawn).map((path) => (
        <Path key={`${path.track} ${path.key}`} path={path} />
      ))}
      {shown.length > mostDrawn && (
        <p className="small dim">The worst {mostDrawn} are drawn; choose a track or a state to see others.</p>
      )}
    </>
  );
}

function Path({ path }: { readonly path: AttackPathJson }): ReactElement {
  return (
    <section className="panel">
      <header>
        <h2 className="wrap">
          <Link to={resourcePath(path.key)}>{objectName(path.object)}</Link>{' '}
          <span className="dim">{path.title}</span>
        </h2>
        <StateMark
          tone={path.state === 'complete' ? 'bad' : 'plain'}
          label={path.state === 'complete' ? 'Complete' : 'Possible'}
        />
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="path-picture" tabIndex={0} aria-label={`The steps of ${path.title}`}>
        <Step step={path.step} />
      </section>
    </section>
  );
}

const stateLabels = { open: 'Open', unknown: 'Unknown', closed: 'Closed' } as const;
const stateTones = { open: 'bad', unknown: 'plain', closed: 'good' } as const;

function Step({ step }: { readonly step: AttackStepJson }): ReactElement {
  return (
    <>
      <div className="path-step stack tight" data-state={step.state}>
        <span className="row spread">
          <strong>{step.name}</strong>
          <StateMark tone={stateTones[step.state]} label={stateLabels[step.state]} />
        </span>
        {step.state !== 'closed' && <span className="small">{step.what}</span>}
        {step.reason !== undefined && <span className="small">Unknown: {step.reason}.</span>}
        {step.controls.map(({ controlId, control, severity }) => (
          <span key={controlId} className="small">
            <SeverityMark severity={severity} /> <Link to={`/controls/${controlId}`}>{control}</Link>
          </span>
        ))}
      </div>
      {step.next.length > 0 && (
        <>
          <span className="path-arrow" aria-hidden="true">
            ⟶
          </span>
          <div className="path-fan">
            {step.next.map((next) => (
              <div key={next.name} className="path-picture">
                <Step step={next} />
              </div>
            ))}
          </div>
        </>
      )}
    </>
  );
}
