import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type {
  DashboardJson,
  DashboardSummaryJson,
  DashboardsJson,
} from '../../../src/api/skopos/dashboards-contract.ts';
import { get } from './client.ts';

export type { DashboardJson, DashboardSummaryJson, DashboardsJson };

export function useDashboards(): UseQueryResult<DashboardsJson> {
  return useQuery({
    queryKey: ['dashboards'],
    queryFn: ({ signal }) => get<DashboardsJson>('dashboards', {}, signal),
  });
}

export function useDashboard(uid: string): UseQueryResult<DashboardJson> {
  return useQuery({
    queryKey: ['dashboards', uid],
    queryFn: ({ signal }) => get<DashboardJson>(`dashboards/${encodeURIComponent(uid)}`, {}, signal),
  });
}
