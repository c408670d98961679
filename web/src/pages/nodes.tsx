import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { type NodeJson, type NodeStateJson, type NodesJson, useNodes } from '../api/nodes.ts';
import { ListPage } from '../components/list-page.tsx';
import { NodeMark } from '../components/node-mark.tsx';
import { Pager } from '../components/pager.tsx';
import { PostureTabs } from '../components/posture-tabs.tsx';
import { Segments } from '../components/segments.tsx';
import { Empty } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { UrlSearch } from '../components/url-filters.tsx';
import { type Column, VirtualTable } from '../components/virtual-table.tsx';
import { count, counted } from '../format/words.ts';
import { useUrlState } from '../hooks/use-url-state.ts';

const words: readonly (readonly [state: NodeStateJson, word: string])[] = [
  ['stale', 'Stale'],
  ['silent', 'Silent'],
  ['waiting', 'Waited for'],
  ['fresh', 'Answer'],
];
const step = 1000;

/** The machines of the cluster, and whether they tell what controls of hosts judge. */
export function Nodes(): ReactElement {
  const url = useUrlState();
  const { set } = url;
  const offset = Number(url.get('offset')) || 0;
  const filter = { q: url.get('q'), state: url.get('state') };
  const query = useNodes({ ...filter, offset, limit: step });
  const total = query.data?.total ?? 0;
  const choices = words.map(([value, word]) => ({
    value,
    label: query.data === undefined ? word : `${word} ${count(query.data.counts[value])}`,
  }));
  return (
    <ListPage
      title="Nodes"
      what="the nodes"
      query={query}
      status={query.data?.enabled === true ? counted(total, 'node') : ''}
      tabs={<PostureTabs />}
      filters={
        query.data?.enabled !== false && (
          <>
            <UrlSearch url={url} label="Search nodes" />
            <Segments
              label="State"
              choices={[{ value: '', label: 'All' }, ...choices]}
              value={filter.state}
              onChange={(state) => set({ state, offset: '' })}
            />
          </>
        )
      }
      below={<Pager url={url} total={total} step={step} />}
    >
      {(data) => <List data={data} filter={filter} isOld={query.isPlaceholderData} />}
    </ListPage>
  );
}

function List({
  data: { enabled, items },
  filter,
  isOld,
}: {
  readonly data: NodesJson;
  readonly filter: { readonly q: string; readonly state: string };
  readonly isOld: boolean;
}): ReactElement {
  if (!enabled) return <Off />;
  if (items.length === 0)
    return filter.q + filter.state === '' ? (
      <Empty title="No node is known yet">
        <p>
          <code>host.pods</code> of skopos.yaml finds nodes by the pods of the node process; look whether its
          namespace and labels are those of the DaemonSet.
        </p>
      </Empty>
    ) : (
      <Empty title="No node is like that" />
    );
  return (
    <VirtualTable
      label="Nodes"
      place={`nodes ${JSON.stringify(filter)}`}
      isOld={isOld}
      count={items.length}
      item={(index) => items[index]}
      id={({ name }) => name}
      to={nodeAddress}
      columns={columns}
      card={(node) => <Card node={node} />}
    />
  );
}

function Off(): ReactElement {
  return (
    <Empty title="Nodes are not asked for their facts">
      <p>
        Controls about kubelets, keys, files and kernels are unknown until they are. Run{' '}
        <code>skopos node</code> on each node (the chart does with <code>node.enabled</code>), and tell{' '}
        <code>skopos.yaml</code> where:
      </p>
      <pre className="small">{'host: { nodes: [{ name: worker-1, url: "http://127.0.0.1:9100" }] }'}</pre>
    </Empty>
  );
}

function nodeAddress({ name }: NodeJson): string {
  return `/nodes/${encodeURIComponent(name)}`;
}

function Name({ node }: { readonly node: NodeJson }): ReactElement {
  return (
    <Link to={nodeAddress(node)} className="vt-link" tabIndex={-1}>
      {node.name}
    </Link>
  );
}

function Missing({ node: { problem, gaps, state } }: { readonly node: NodeJson }): ReactElement {
  if (problem !== '') return <span title={problem}>{problem}</span>;
  if (gaps > 0) return <span>{counted(gaps, 'fact')} could not be read</span>;
  return <span className="dim">{state === 'fresh' ? 'nothing' : ''}</span>;
}

const columns: readonly Column<NodeJson>[] = [
  { key: 'state', label: 'State', width: '7.5rem', cell: ({ state }) => <NodeMark state={state} /> },
  { key: 'name', label: 'Node', width: 'minmax(8rem, 1fr)', cell: (node) => <Name node={node} /> },
  { key: 'fail', label: 'Failed', width: '5rem', cell: ({ verdicts }) => count(verdicts.fail) },
  { key: 'unknown', label: 'Unknown', width: '5.5rem', cell: ({ verdicts }) => count(verdicts.unknown) },
  { key: 'pass', label: 'Passed', width: '5rem', cell: ({ verdicts }) => count(verdicts.pass) },
  {
    key: 'answered',
    label: 'Last answer',
    width: '8rem',
    cell: ({ answeredAtMs }) => (answeredAtMs === undefined ? 'never' : <Ago atMs={answeredAtMs} />),
  },
  {
    key: 'missing',
    label: 'What is missing',
    width: 'minmax(0, 1.4fr)',
    cell: (node) => <Missing node={node} />,
  },
];

function Card({ node }: { readonly node: NodeJson }): ReactElement {
  const { verdicts } = node;
  return (
    <>
      <span className="row spread">
        <NodeMark state={node.state} />
        <span className="small dim">
          {node.answeredAtMs === undefined ? 'never answered' : <Ago atMs={node.answeredAtMs} />}
        </span>
      </span>
      <span className="clip">
        <Name node={node} />
      </span>
      <span className="clip small dim">
        {node.problem === '' ? (
          <>
            {count(verdicts.fail)} failed, {count(verdicts.unknown)} unknown, {count(verdicts.pass)} passed
          </>
        ) : (
          <Missing node={node} />
        )}
      </span>
    </>
  );
}
