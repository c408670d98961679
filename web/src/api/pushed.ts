import {
  keepPreviousData,
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import type { PushedGroupDetailJson, PushedJson } from '../../../src/api/skopos/pushed-contract.ts';
import { get, type Params, remove } from './client.ts';
import { refreshMs } from './monitoring.ts';

export type {
  PushedFamilyJson,
  PushedGroupDetailJson,
  PushedGroupJson,
  PushedJson,
  PushedStateJson,
} from '../../../src/api/skopos/pushed-contract.ts';

/** Groups of pushed metrics. */
export function usePushed(filter: Params): UseQueryResult<PushedJson> {
  return useQuery({
    queryKey: ['pushed', 'list', filter],
    queryFn: ({ signal }) => get<PushedJson>('pushed', { ...filter, limit: 10_000 }, signal),
    refetchInterval: refreshMs,
    placeholderData: keepPreviousData,
  });
}

export function usePushedGroup(path: string): UseQueryResult<PushedGroupDetailJson> {
  return useQuery({
    queryKey: ['pushed', 'group', path],
    queryFn: ({ signal }) => get<PushedGroupDetailJson>('pushed/group', { path }, signal),
    refetchInterval: refreshMs,
  });
}

/** Removes a group, as the job itself would by `DELETE`. */
export function useRemovePushed(path: string): UseMutationResult<void, Error, void> {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => remove(`pushed/group?path=${encodeURIComponent(path)}`),
    onSuccess: () => {
      queries.removeQueries({ queryKey: ['pushed', 'group', path] });
      return queries.invalidateQueries({ queryKey: ['pushed', 'list'] });
    },
  });
}
