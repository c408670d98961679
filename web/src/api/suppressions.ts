import {
  keepPreviousData,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { get, type Params, post } from './client.ts';
import type { ExceptionInputJson, ExceptionJson, ExceptionPreviewJson, SuppressionsJson } from './types.ts';

// Every key begins with "alerts", as those of silences do; what changes verdicts makes findings stale too.

/** Silences and exceptions as one list. */
export function useSuppressions(filter: Params): UseQueryResult<SuppressionsJson> {
  return useQuery({
    queryKey: ['alerts', 'suppressions', filter],
    queryFn: ({ signal }) => get<SuppressionsJson>('suppressions', filter, signal),
    placeholderData: keepPreviousData,
  });
}

export function useException(id: string): UseQueryResult<ExceptionJson> {
  return useQuery({
    queryKey: ['alerts', 'exception', id],
    enabled: id !== '' && id !== 'new',
    queryFn: ({ signal }) => get<ExceptionJson>(`exceptions/${encodeURIComponent(id)}`, {}, signal),
  });
}

export type ExceptionScope = Pick<ExceptionInputJson, 'id' | 'controls' | 'resources' | 'frameworks'>;

/** What an exception would except, as it is being written; undefined: nothing is asked yet. */
export function useExceptionPreview(
  scope: ExceptionScope | undefined,
  endsAtMs: number | null,
): UseQueryResult<ExceptionPreviewJson> {
  return useQuery({
    queryKey: ['alerts', 'exception-preview', scope, endsAtMs],
    enabled: scope !== undefined,
    retry: false,
    queryFn: () => post<ExceptionPreviewJson>('exceptions/preview', { ...scope, endsAtMs }),
  });
}

export function useSaveException() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (exception: ExceptionInputJson) => post<{ readonly id: string }>('exceptions', exception),
    onSuccess: () => queries.invalidateQueries(),
  });
}

export function useExpireException() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => post<ExceptionJson>(`exceptions/${encodeURIComponent(id)}/expire`, {}),
    onSuccess: () => queries.invalidateQueries(),
  });
}
