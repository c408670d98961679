import { type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { apiUrl, get, post } from './client.ts';
import type { BacktestInputJson, BacktestJson, BacktestsJson, RuleLintsJson } from './types.ts';

/** While a back-test runs it is asked for this often. */
const pollMs = 500;

/** What is wrong with the rules that run. */
export function useRuleLints(): UseQueryResult<RuleLintsJson> {
  return useQuery({
    queryKey: ['rules', 'lint'],
    queryFn: ({ signal }) => get<RuleLintsJson>('rules/lint', {}, signal),
    staleTime: 60_000,
  });
}

export function useBacktests(): UseQueryResult<BacktestsJson> {
  return useQuery({
    queryKey: ['backtests'],
    queryFn: ({ signal }) => get<BacktestsJson>('backtests', {}, signal),
  });
}

export function useBacktest(id: string): UseQueryResult<BacktestJson> {
  return useQuery({
    queryKey: ['backtests', id],
    enabled: id !== '',
    queryFn: ({ signal }) => get<BacktestJson>(`backtests/${encodeURIComponent(id)}`, {}, signal),
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? pollMs : false),
  });
}

export function useStartBacktest(started: (id: string) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (input: BacktestInputJson) => post<BacktestJson>('backtests', input),
    onSuccess: ({ id }) => started(id),
    onSettled: () => queries.invalidateQueries({ queryKey: ['backtests'] }),
  });
}

export function useCancelBacktest() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (id: string) => {
      await fetch(apiUrl(`backtests/${encodeURIComponent(id)}`), { method: 'DELETE' });
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['backtests'] }),
  });
}
