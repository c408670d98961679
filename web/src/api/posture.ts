import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { get, type Params } from './client.ts';
import type {
  AttackPathsJson,
  ControlDetailJson,
  ControlsJson,
  FrameworkDetailJson,
  FrameworksJson,
  ResourceJson,
  VerdictsJson,
} from './types.ts';

// Every key begins with "finding": what the server says of findings makes all of them stale.

export function useFrameworks(): UseQueryResult<FrameworksJson> {
  return usePosture<FrameworksJson>('frameworks', {});
}

export function useFramework(name: string): UseQueryResult<FrameworkDetailJson> {
  return usePosture<FrameworkDetailJson>(`frameworks/${encodeURIComponent(name)}`, {});
}

export function useControls(filter: Params): UseQueryResult<ControlsJson> {
  return usePosture<ControlsJson>('controls', filter);
}

export function useControl(id: string): UseQueryResult<ControlDetailJson> {
  return usePosture<ControlDetailJson>(`controls/${encodeURIComponent(id)}`, {});
}

export function useVerdicts(filter: Params): UseQueryResult<VerdictsJson> {
  return usePosture<VerdictsJson>('verdicts', filter);
}

export function useResource(key: string): UseQueryResult<ResourceJson> {
  return usePosture<ResourceJson>('resource', { key });
}

export function useAttackPaths(): UseQueryResult<AttackPathsJson> {
  return usePosture<AttackPathsJson>('attack-paths', {});
}

/** While another page of the same list is on its way, the last one stands; another list starts anew. */
function usePosture<T>(path: string, params: Params): UseQueryResult<T> {
  return useQuery({
    queryKey: ['finding', path, params],
    queryFn: ({ signal }) => get<T>(path, params, signal),
    placeholderData: (before, query) => (query?.queryKey[1] === path ? keepPreviousData(before) : undefined),
  });
}
