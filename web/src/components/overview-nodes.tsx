import { Fragment, type ReactElement } from 'react';
import { Link } from 'react-router';
import { type NodeStateJson, type NodesJson, useNodes } from '../api/nodes.ts';
import { count } from '../format/words.ts';
import { Loaded } from './loaded.tsx';
import { NodeMark } from './node-mark.tsx';
import { StateMark } from './severity.tsx';
import { Loading } from './states.tsx';
import './monitoring.css';

/** What needs looking at comes first. */
const order: readonly NodeStateJson[] = ['silent', 'stale', 'waiting', 'fresh'];

/** Whether the machines of the cluster tell what controls of hosts judge. */
export function OverviewNodes(): ReactElement {
  const query = useNodes({ limit: 1 });
  return (
    <section className="panel stack tight" aria-label="Nodes">
      <header>
        <h2>Nodes</h2>
        <Link to="/nodes" className="small">
          All nodes
        </Link>
      </header>
      <Loaded
        query={query}
        what="load what is known of nodes"
        loading={<Loading lines={2} label="Loading nodes" />}
      >
        {(nodes) => <Body nodes={nodes} />}
      </Loaded>
    </section>
  );
}

function Body({ nodes: { enabled, total, counts } }: { readonly nodes: NodesJson }): ReactElement {
  if (!enabled)
    return (
      <>
        <StateMark tone="plain" label="Unknown" />
        <p className="small">
          No nodes are asked for their facts, so controls of hosts cannot be judged.{' '}
          <Link to="/nodes">How to have them asked</Link>
        </p>
      </>
    );
  if (total === 0)
    return (
      <>
        <StateMark tone="plain" label="Unknown" />
        <p className="small">
          No node has been found yet. <Link to="/nodes">Where they are looked for</Link>
        </p>
      </>
    );
  return (
    <dl className="facts small">
      {order
        .filter((state) => counts[state] > 0)
        .map((state) => (
          <Fragment key={state}>
            <dt>
              <NodeMark state={state} />
            </dt>
            <dd>
              <Link to={`/nodes?state=${state}`}>{count(counts[state])}</Link>
            </dd>
          </Fragment>
        ))}
    </dl>
  );
}
