import { Fragment, type ReactElement } from 'react';
import { Link } from 'react-router';
import { type NodeStateJson, type NodesJson, useNodes } from '../api/nodes.ts';
import { count } from '../format/words.ts';
import { NodeMark } from './node-mark.tsx';
import { OverviewPanel, Unknown } from './overview-panel.tsx';

/** What needs looking at comes first. */
const order: readonly NodeStateJson[] = ['silent', 'stale', 'waiting', 'fresh'];

/** Whether the machines of the cluster tell what controls of hosts judge. */
export function OverviewNodes(): ReactElement {
  return (
    <OverviewPanel title="Nodes" to="/nodes" lines={2} query={useNodes({ limit: 1 })}>
      {(nodes) => <Body nodes={nodes} />}
    </OverviewPanel>
  );
}

function Body({ nodes: { enabled, total, counts } }: { readonly nodes: NodesJson }): ReactElement {
  if (!enabled)
    return (
      <Unknown>
        No nodes are asked for their facts, so controls of hosts cannot be judged.{' '}
        <Link to="/nodes">How to have them asked</Link>
      </Unknown>
    );
  if (total === 0)
    return (
      <Unknown>
        No node has been found yet. <Link to="/nodes">Where they are looked for</Link>
      </Unknown>
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
