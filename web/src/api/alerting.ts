import {
  keepPreviousData,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { get, type Params, post } from './client.ts';
import type {
  AlertGroupsJson,
  NotificationsJson,
  PeersJson,
  ReceiversJson,
  ReceiverTestJson,
  RouteJson,
  RouteTestJson,
  SilenceInputJson,
  SilenceJson,
  SilencePreviewJson,
  SilencesJson,
  TemplatePreviewJson,
} from './types.ts';

// Every key begins with "alerts": what the server says of alerts makes all of them stale.

export function useAlertGroups(filter: Params): UseQueryResult<AlertGroupsJson> {
  return useQuery({
    queryKey: ['alerts', 'groups', filter],
    queryFn: ({ signal }) => get<AlertGroupsJson>('alerts/groups', filter, signal),
    placeholderData: keepPreviousData,
  });
}

export function useSilences(filter: Params): UseQueryResult<SilencesJson> {
  return useQuery({
    queryKey: ['alerts', 'silences', filter],
    queryFn: ({ signal }) => get<SilencesJson>('silences', filter, signal),
    placeholderData: keepPreviousData,
  });
}

export function useSilence(id: string): UseQueryResult<SilenceJson> {
  return useQuery({
    queryKey: ['alerts', 'silence', id],
    enabled: id !== '' && id !== 'new',
    queryFn: ({ signal }) => get<SilenceJson>(`silences/${encodeURIComponent(id)}`, {}, signal),
  });
}

/** Asked again and again: that a peer is gone is known by hearing nothing of it. */
export function usePeers(): UseQueryResult<PeersJson> {
  return useQuery({
    queryKey: ['alerts', 'peers'],
    queryFn: ({ signal }) => get<PeersJson>('peers', {}, signal),
    refetchInterval: 5000,
  });
}

/** What a silence would hide, as it is being written. */
export function useSilencePreview(
  matchers: readonly string[],
  endsAtMs: number | null,
): UseQueryResult<SilencePreviewJson> {
  return useQuery({
    queryKey: ['alerts', 'silence-preview', matchers, endsAtMs],
    enabled: matchers.length > 0,
    retry: false,
    queryFn: () => post<SilencePreviewJson>('silences/preview', { matchers, endsAtMs }),
  });
}

export function useSaveSilence() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (silence: SilenceInputJson) => post<{ readonly id: string }>('silences', silence),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['alerts'] }),
  });
}

export function useExpireSilence() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => post<SilenceJson>(`silences/${encodeURIComponent(id)}/expire`, {}),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['alerts'] }),
  });
}

export function useRoutes(): UseQueryResult<RouteJson> {
  return useQuery({
    queryKey: ['alerts', 'routes'],
    queryFn: ({ signal }) => get<RouteJson>('routes', {}, signal),
  });
}

/** Where an alert with these labels would go; nothing is asked while there are none. */
export function useRouteTest(labels: string): UseQueryResult<RouteTestJson> {
  return useQuery({
    queryKey: ['alerts', 'route-test', labels],
    enabled: labels.trim() !== '',
    retry: false,
    queryFn: () => post<RouteTestJson>('routes/test', { labels }),
  });
}

export function useReceivers(): UseQueryResult<ReceiversJson> {
  return useQuery({
    queryKey: ['alerts', 'receivers'],
    queryFn: ({ signal }) => get<ReceiversJson>('receivers', {}, signal),
  });
}

export function useTestReceiver() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => post<ReceiverTestJson>(`receivers/${encodeURIComponent(name)}/test`, {}),
    onSettled: () => queries.invalidateQueries({ queryKey: ['alerts', 'receivers'] }),
  });
}

export function useNotifications(filter: Params): UseQueryResult<NotificationsJson> {
  return useQuery({
    queryKey: ['alerts', 'notifications', filter],
    queryFn: ({ signal }) => get<NotificationsJson>('notifications', filter, signal),
    placeholderData: keepPreviousData,
  });
}

export function usePreviewTemplate() {
  return useMutation({
    mutationFn: (body: {
      readonly template: string;
      readonly html: boolean;
      readonly fingerprint?: string;
      readonly receiver?: string;
      readonly status: string;
    }) => post<TemplatePreviewJson>('templates/preview', body),
  });
}
