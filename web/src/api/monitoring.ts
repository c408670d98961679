import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { get, type Params } from './client.ts';
import type {
  ConfigurationJson,
  DiscoveredTargetsJson,
  DiscoveryJson,
  MonitorDetailJson,
  MonitorsJson,
  RuleGroupsJson,
  TargetsJson,
} from './types.ts';

/** Scrapes and evaluations send no events; pages about them ask again. */
export const refreshMs = 5000;

export function targetsPage(
  filter: Params,
  offset: number,
  limit: number,
  signal: AbortSignal,
): Promise<TargetsJson> {
  return get<TargetsJson>('targets', { ...filter, offset, limit }, signal);
}

/** The targets of a job at one address: one, or a few that differ in their labels. */
export function useTarget(job: string, url: string): UseQueryResult<TargetsJson> {
  return useAsked<TargetsJson>('targets', { job, q: url, limit: 20 });
}

export function useDiscovery(): UseQueryResult<DiscoveryJson> {
  return useAsked<DiscoveryJson>('discovery', {});
}

export function useDiscoveredTargets(filter: Params): UseQueryResult<DiscoveredTargetsJson> {
  return useAsked<DiscoveredTargetsJson>('discovery/targets', filter);
}

export function useMonitors(filter: Params): UseQueryResult<MonitorsJson> {
  return useAsked<MonitorsJson>('monitors', filter);
}

export function useMonitor(kind: string, namespace: string, name: string): UseQueryResult<MonitorDetailJson> {
  return useAsked<MonitorDetailJson>(
    `monitors/${[kind, namespace, name].map(encodeURIComponent).join('/')}`,
    {},
  );
}

export function useRuleGroups(filter: Params): UseQueryResult<RuleGroupsJson> {
  return useAsked<RuleGroupsJson>('rule-groups', filter);
}

export function useConfiguration(): UseQueryResult<ConfigurationJson> {
  return useAsked<ConfigurationJson>('configuration', {});
}

/** While another answer of the same kind is on its way, the last one stands. */
function useAsked<T>(path: string, params: Params): UseQueryResult<T> {
  return useQuery({
    queryKey: ['monitoring', path, params],
    queryFn: ({ signal }) => get<T>(path, params, signal),
    refetchInterval: refreshMs,
    placeholderData: (before, query) => (query?.queryKey[1] === path ? keepPreviousData(before) : undefined),
  });
}
