import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { get, type Params } from './client.ts';
import type {
  AccessJson,
  ConnectionJson,
  ExposureJson,
  RelationsJson,
  SubjectAccessJson,
  WhoMayJson,
} from './types.ts';

export function useAccess(filter: Params): UseQueryResult<AccessJson> {
  return useRelation<AccessJson>('access', filter);
}

export function useSubjectAccess(subject: string): UseQueryResult<SubjectAccessJson> {
  return useRelation<SubjectAccessJson>('access/subject', { subject });
}

/** Asked only once there is a verb and a resource. */
export function useWhoMay(question: Params): UseQueryResult<WhoMayJson> {
  return useRelation<WhoMayJson>(
    'access/who',
    question,
    question['verb'] !== '' && question['resource'] !== '',
  );
}

export function useExposure(filter: Params): UseQueryResult<ExposureJson> {
  return useRelation<ExposureJson>('exposure', filter);
}

/** Asked only once both ends are named. */
export function useConnection(question: Params): UseQueryResult<ConnectionJson> {
  return useRelation<ConnectionJson>(
    'exposure/connection',
    question,
    question['from'] !== '' && question['to'] !== '',
  );
}

export function useRelations(key: string): UseQueryResult<RelationsJson> {
  return useRelation<RelationsJson>('relations', { key });
}

/** Keys begin with "finding" as those of posture do: objects that changed have findings that changed. */
function useRelation<T>(path: string, params: Params, enabled = true): UseQueryResult<T> {
  return useQuery({
    queryKey: ['finding', path, params],
    queryFn: ({ signal }) => get<T>(path, params, signal),
    enabled,
    placeholderData: (before, query) => (query?.queryKey[1] === path ? keepPreviousData(before) : undefined),
  });
}
