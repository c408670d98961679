import {
  keepPreviousData,
  queryOptions,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { get, type Params, post } from './client.ts';
import type {
  AlertDetailJson,
  AlertsJson,
  DrillJson,
  FindingDetailJson,
  FindingsJson,
  InboxJson,
  InboxMessageJson,
  LedgerJson,
  OverviewJson,
} from './types.ts';

/** Rows asked for at once by tables that load as one scrolls. */
export const pageSize = 100;

export function useOverview(): UseQueryResult<OverviewJson> {
  return useQuery({
    queryKey: ['overview'],
    queryFn: ({ signal }) => get<OverviewJson>('overview', {}, signal),
  });
}

export function findingsPage(filter: Params, page: number) {
  return queryOptions({
    queryKey: ['findings', filter, page],
    queryFn: ({ signal }) =>
      get<FindingsJson>('findings', { ...filter, offset: page * pageSize, limit: pageSize }, signal),
  });
}

/** The first page carries the total and the facets; the last answer stands while a new one is on its way. */
export function useFirstFindings(filter: Params): UseQueryResult<FindingsJson> {
  return useQuery({ ...findingsPage(filter, 0), placeholderData: keepPreviousData });
}

/** Every finding that the filter lets through, for export. */
export async function allFindings(filter: Params, signal: AbortSignal): Promise<FindingsJson['items']> {
  const items: FindingsJson['items'][number][] = [];
  for (;;) {
    const page = await get<FindingsJson>('findings', { ...filter, offset: items.length, limit: 500 }, signal);
    items.push(...page.items);
    if (page.items.length === 0 || items.length >= page.total) return items;
  }
}

export function useFinding(id: string): UseQueryResult<FindingDetailJson> {
  return useQuery({
    queryKey: ['finding', id],
    queryFn: ({ signal }) => get<FindingDetailJson>(`findings/${encodeURIComponent(id)}`, {}, signal),
  });
}

export function useAlerts(filter: Params = {}): UseQueryResult<AlertsJson> {
  return useQuery({
    queryKey: ['alerts', 'list', filter],
    queryFn: ({ signal }) => get<AlertsJson>('alerts', filter, signal),
    placeholderData: keepPreviousData,
  });
}

export function useAlert(fingerprint: string): UseQueryResult<AlertDetailJson> {
  return useQuery({
    queryKey: ['alerts', fingerprint],
    queryFn: ({ signal }) => get<AlertDetailJson>(`alerts/${encodeURIComponent(fingerprint)}`, {}, signal),
  });
}

export function useLedger(filter: Params): UseQueryResult<LedgerJson> {
  return useQuery({
    queryKey: ['ledger', filter],
    queryFn: ({ signal }) => get<LedgerJson>('ledger', { ...filter, limit: 500 }, signal),
    placeholderData: keepPreviousData,
  });
}

/** The newest messages; `limit` 0 asks for the counts alone. */
export function useInbox(limit: number): UseQueryResult<InboxJson> {
  return useQuery({
    queryKey: ['inbox', limit],
    queryFn: ({ signal }) => get<InboxJson>('inbox', { offset: 0, limit }, signal),
    placeholderData: keepPreviousData,
  });
}

/** One message. Looking at it marks it as read. */
export function useInboxMessage(id: number): UseQueryResult<InboxMessageJson> {
  return useQuery({
    queryKey: ['inbox', 'message', id],
    enabled: Number.isInteger(id),
    queryFn: ({ signal }) => get<InboxMessageJson>(`inbox/${id}`, {}, signal),
  });
}

export function useMarkRead(): (id: number) => void {
  const queries = useQueryClient();
  const { mutate } = useMutation({
    mutationFn: (id: number) => post<InboxMessageJson>(`inbox/${id}/read`, { read: true }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['inbox'] }),
  });
  return mutate;
}

export function useDrills(): UseQueryResult<{ readonly items: readonly DrillJson[] }> {
  return useQuery({
    queryKey: ['drills'],
    queryFn: ({ signal }) => get<{ readonly items: readonly DrillJson[] }>('drills', {}, signal),
    // A running drill moves hop by hop; events may be coalesced, so it is also asked for.
    refetchInterval: ({ state }) => (state.data?.items.some(isRunning) === true ? 300 : false),
  });
}

export function useRunDrill() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (receiver: string) => post<DrillJson>('drills', receiver === '' ? {} : { receiver }),
    onSettled: async () => {
      await queries.invalidateQueries({ queryKey: ['drills'] });
      await queries.invalidateQueries({ queryKey: ['overview'] });
    },
  });
}

function isRunning(drill: DrillJson): boolean {
  return drill.state === 'running';
}
