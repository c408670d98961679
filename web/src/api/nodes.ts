import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { NodeDetailJson, NodesJson } from '../../../src/api/skopos/nodes-contract.ts';
import { get, type Params } from './client.ts';
import { refreshMs } from './monitoring.ts';

export type {
  NodeDetailJson,
  NodeJson,
  NodeStateJson,
  NodesJson,
} from '../../../src/api/skopos/nodes-contract.ts';

/** Nodes that tell their facts. */
export function useNodes(filter: Params): UseQueryResult<NodesJson> {
  return useQuery({
    queryKey: ['nodes', 'list', filter],
    queryFn: ({ signal }) => get<NodesJson>('nodes', filter, signal),
    refetchInterval: refreshMs,
    placeholderData: keepPreviousData,
  });
}

export function useNode(name: string): UseQueryResult<NodeDetailJson> {
  return useQuery({
    queryKey: ['nodes', 'one', name],
    queryFn: ({ signal }) => get<NodeDetailJson>(`nodes/${encodeURIComponent(name)}`, {}, signal),
    refetchInterval: refreshMs,
  });
}
