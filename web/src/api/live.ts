import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { get, type Params } from './client.ts';
import type { ClusterMapJson, LiveFeedJson, MapWorkloadsJson } from './types.ts';

/** What moves by itself is asked for again this often, so that the map follows without events for each workload. */
const mapEveryMs = 5000;

export function useClusterMap(filter: Params): UseQueryResult<ClusterMapJson> {
  return useQuery({
    queryKey: ['cluster-map', filter],
    queryFn: ({ signal }) => get<ClusterMapJson>('cluster-map', filter, signal),
    placeholderData: keepPreviousData,
    refetchInterval: mapEveryMs,
  });
}

export function mapWorkloads(
  filter: Params,
  offset: number,
  limit: number,
  signal: AbortSignal,
): Promise<MapWorkloadsJson> {
  // The namespace of what is cluster-scoped is '', which is not the same as none.
  return get<MapWorkloadsJson>('cluster-map/workloads', { ...filter, offset, limit }, signal);
}

export function useLiveFeed(): UseQueryResult<LiveFeedJson> {
  return useQuery({
    queryKey: ['live-feed'],
    queryFn: ({ signal }) => get<LiveFeedJson>('live-feed', { limit: 200 }, signal),
  });
}
