import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { RemoteWriteJson } from '../../../src/api/skopos/remote-contract.ts';
import { get } from './client.ts';
import { refreshMs } from './monitoring.ts';

export type {
  AlertmanagerJson,
  RemoteQueueJson,
  RemoteWriteJson,
} from '../../../src/api/skopos/remote-contract.ts';

/** What leaves for other systems. */
export function useRemoteWrite(): UseQueryResult<RemoteWriteJson> {
  return useQuery({
    queryKey: ['monitoring', 'remote-write'],
    queryFn: ({ signal }) => get<RemoteWriteJson>('remote-write', {}, signal),
    refetchInterval: refreshMs,
  });
}
