import { type FastifyInstance, parameters } from '../../http/server.ts';
import { NotFoundError } from '../../kit/app-error.ts';
import { type NodeDetailJson, type NodeJson, type NodesJson, nodeStates } from './nodes-contract.ts';
import { base, listParameter, oneOf, wholeParameter } from './parameters.ts';
import { holdsWords, wordsOf } from './targets.ts';

/** A node without its verdicts, which cost more to gather. */
export type NodeRow = Omit<NodeJson, 'verdicts'>;

/** Nodes that tell their facts. */
export interface NodesReader {
  readonly staleAfterMs: number;
  nodes(): readonly NodeRow[];
  verdictsOf(node: string): NodeJson['verdicts'];
  /** Undefined for one that is not known. */
  node(name: string): NodeDetailJson | undefined;
}

/** `GET /nodes` and `/nodes/:name`; there is no reader where no nodes are asked. */
export function nodeRoutes(app: FastifyInstance, reader: NodesReader | undefined): void {
  app.get(`${base}/nodes`, async (request): Promise<NodesJson> => {
    const all = parameters(request);
    const states = listParameter(all, 'state').map((text) => oneOf('state', text, nodeStates));
    const words = wordsOf(all);
    const found = (reader?.nodes() ?? []).filter(
      ({ name, problem }) => words.length === 0 || holdsWords(`${name} ${problem}`, words),
    );
    const shown = found.filter(({ state }) => states.length === 0 || states.includes(state));
    shown.sort((a, b) => nodeStates.indexOf(a.state) - nodeStates.indexOf(b.state));
    const offset = wholeParameter(all, 'offset', { fallback: 0 });
    const limit = wholeParameter(all, 'limit', { fallback: 100, most: 1000 });
    const counted = (state: NodeJson['state']) => found.filter((one) => one.state === state).length;
    return {
      enabled: reader !== undefined,
      staleAfterMs: reader?.staleAfterMs ?? 0,
      total: shown.length,
      items: shown
        .slice(offset, offset + limit)
        .map((row) => ({ ...row, verdicts: reader?.verdictsOf(row.name) ?? noVerdicts })),
      counts: {
        ...{ stale: counted('stale'), silent: counted('silent') },
        ...{ waiting: counted('waiting'), fresh: counted('fresh') },
      },
    };
  });

  app.get<{ Params: { name: string } }>(
    `${base}/nodes/:name`,
    async ({ params: { name } }): Promise<NodeDetailJson> => {
      const found = reader?.node(name);
      if (found === undefined) throw new NotFoundError(`no node ${name} is known`);
      return found;
    },
  );
}

const noVerdicts: NodeJson['verdicts'] = { fail: 0, unknown: 0, excepted: 0, pass: 0 };
