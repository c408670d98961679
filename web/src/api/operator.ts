import {
  keepPreviousData,
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { get, type Params, patch, post, remove } from './client.ts';
import type {
  JobDetailJson,
  JobJson,
  JobsJson,
  NewJobJson,
  NewScheduleJson,
  ScheduleJson,
  SchedulesJson,
} from './types.ts';

/** Rows of jobs that a page asks for; the rest are found by filters. */
export const mostJobs = 1000;
/** Whatever the events say, jobs that go on are looked at again. */
const refreshMs = 5000;

/** Jobs and recurring scans are told of under one word of the events. */
const key = 'jobs';

export function useJobs(filter: Params): UseQueryResult<JobsJson> {
  return useQuery({
    queryKey: [key, 'list', filter],
    queryFn: ({ signal }) => get<JobsJson>('jobs', { ...filter, limit: mostJobs }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: refreshMs,
  });
}

export function useJob(id: string): UseQueryResult<JobDetailJson> {
  return useQuery({
    queryKey: [key, 'one', id],
    queryFn: ({ signal }) => get<JobDetailJson>(`jobs/${encodeURIComponent(id)}`, {}, signal),
    refetchInterval: ({ state }) => (state.data === undefined || goesOn(state.data) ? 1000 : false),
  });
}

export function useSchedules(): UseQueryResult<SchedulesJson> {
  return useQuery({
    queryKey: [key, 'schedules'],
    queryFn: ({ signal }) => get<SchedulesJson>('schedules', {}, signal),
    refetchInterval: refreshMs,
  });
}

interface Started {
  readonly items: readonly JobJson[];
}

export function useStartJob(): UseMutationResult<Started, Error, NewJobJson> {
  return useChange((wish) => post<Started>('jobs', wish));
}

export function useCancelJob(): UseMutationResult<JobJson, Error, string> {
  return useChange((id) => post<JobJson>(`jobs/${encodeURIComponent(id)}/cancel`, {}));
}

export function useCreateSchedule(): UseMutationResult<ScheduleJson, Error, NewScheduleJson> {
  return useChange((wish) => post<ScheduleJson>('schedules', wish));
}

export function useRunSchedule(): UseMutationResult<Started, Error, string> {
  return useChange((name) => post<Started>(`schedules/${encodeURIComponent(name)}/run`, {}));
}

export function usePauseSchedule(): UseMutationResult<ScheduleJson, Error, ScheduleJson> {
  return useChange(({ name, isPaused }) =>
    patch<ScheduleJson>(`schedules/${encodeURIComponent(name)}`, { isPaused: !isPaused }),
  );
}

export function useDeleteSchedule(): UseMutationResult<void, Error, string> {
  return useChange((name) => remove(`schedules/${encodeURIComponent(name)}`));
}

export function goesOn({ state }: JobJson): boolean {
  return state === 'queued' || state === 'running';
}

function useChange<Result, Input>(
  change: (input: Input) => Promise<Result>,
): UseMutationResult<Result, Error, Input> {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () => queries.invalidateQueries({ queryKey: [key] }),
  });
}
