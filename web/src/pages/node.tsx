import type { ReactElement } from 'react';
import { Link, useParams } from 'react-router';
import { type NodeDetailJson, useNode } from '../api/nodes.ts';
import { VerdictMark } from '../components/control-rows.tsx';
import { Loaded } from '../components/loaded.tsx';
import { NodeMark } from '../components/node-mark.tsx';
import { PostureTabs } from '../components/posture-tabs.tsx';
import { SeverityMark } from '../components/severity.tsx';
import { Empty, Loading } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { factText } from '../format/fact-text.ts';
import { count, counted } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import './node.css';

/** One node: whether it answers, what controls say of it, what it told, and what it could not read. */
export function Node(): ReactElement {
  const { name = '' } = useParams();
  useTitle(name);
  const query = useNode(name);
  return (
    <div className="page">
      <header>
        <h1 className="wrap">{name}</h1>
      </header>
      <PostureTabs />
      <Loaded query={query} what="load this node" loading={<Loading lines={12} label="Loading the node" />}>
        {(node) => (
          <>
            <InShort node={node} />
            <Controls controls={node.controls} />
            <Facts node={node} />
          </>
        )}
      </Loaded>
    </div>
  );
}

function InShort({ node }: { readonly node: NodeDetailJson }): ReactElement {
  const { state, answeredAtMs, changedAtMs, problem, verdicts, gaps } = node;
  return (
    <section className="panel stack" aria-label="In short">
      <NodeMark state={state} />
      <dl className="defs">
        <dt>Last answer</dt>
        <dd>{answeredAtMs === undefined ? 'never' : <Ago atMs={answeredAtMs} />}</dd>
        <dt>Facts last changed</dt>
        <dd>{changedAtMs === undefined ? 'never' : <Ago atMs={changedAtMs} />}</dd>
        <dt>Controls</dt>
        <dd>
          {count(verdicts.fail)} failed, {count(verdicts.unknown)} unknown, {count(verdicts.excepted)}{' '}
          excepted, {count(verdicts.pass)} passed
        </dd>
        {answeredAtMs !== undefined && (
          <>
            <dt>Could not be read</dt>
            <dd>{gaps === 0 ? 'nothing' : counted(gaps, 'fact')}</dd>
          </>
        )}
      </dl>
      {problem !== '' && (
        <p className="wrap">
          <strong>Why it does not answer:</strong> {problem}
        </p>
      )}
      {(state === 'stale' || state === 'silent') && (
        <p>What rests on its facts is unknown until it answers again.</p>
      )}
    </section>
  );
}

function Controls({ controls }: { readonly controls: NodeDetailJson['controls'] }): ReactElement {
  if (controls.length === 0)
    return (
      <Empty title="No control judges this node">
        <p>
          The frameworks that are chosen (<code>posture.frameworks</code>) have none about hosts; those of CIS
          have many.
        </p>
      </Empty>
    );
  const passed = controls.filter(({ state }) => state === 'pass');
  const others = controls.filter(({ state }) => state !== 'pass');
  return (
    <section className="panel stack tight" aria-label="Controls">
      <h2>Controls</h2>
      {others.length > 0 && <ControlList controls={others} />}
      {passed.length > 0 && (
        <details>
          <summary>{counted(passed.length, 'control')} passed</summary>
          <ControlList controls={passed} />
        </details>
      )}
    </section>
  );
}

function ControlList({ controls }: { readonly controls: NodeDetailJson['controls'] }): ReactElement {
  return (
    <ul className="node-controls">
      {controls.map(({ id, name, severity, state, reason }) => (
        <li key={id}>
          <VerdictMark state={state} />
          <SeverityMark severity={severity} />
          <span className="wrap">
            <Link to={`/controls/${id}`}>{name}</Link> <span className="dim small mono">{id}</span>
            {reason !== '' && <span className="reason small">{reason}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Facts({ node: { facts, state } }: { readonly node: NodeDetailJson }): ReactElement {
  if (facts.length === 0)
    return (
      <Empty title="It has told nothing so far">
        <p>Its facts stand here once it answers.</p>
      </Empty>
    );
  const isOld = state === 'stale';
  return (
    <section className={isOld ? 'panel stack stale' : 'panel stack'} aria-label="Facts">
      <h2>{isOld ? 'Facts as they were' : 'Facts'}</h2>
      {facts.map(({ kind, data, gaps }) => (
        <details key={kind} className="fact">
          <summary>
            {kind}
            {gaps.length > 0 && <span className="dim small"> · {counted(gaps.length, 'gap')}</span>}
          </summary>
          {gaps.length > 0 && (
            <ul className="small">
              {gaps.map(({ field, reason }) => (
                <li key={`${field} ${reason}`} className="wrap">
                  {field !== '' && <code>{field}</code>} {reason}
                </li>
              ))}
            </ul>
          )}
          <pre className="small">{factText(data)}</pre>
        </details>
      ))}
    </section>
  );
}
