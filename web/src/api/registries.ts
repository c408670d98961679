import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { get, type Params } from './client.ts';
import type { RegistryImagesJson, RegistryScanJson, RegistryScansJson } from './types.ts';

const restMs = 15_000;
const busyMs = 1500;

/** Scans that the page tells of. */
export const newestScans = 10;

export function registryImagesPage(
  filter: Params,
  offset: number,
  limit: number,
  signal: AbortSignal,
): Promise<RegistryImagesJson> {
  return get<RegistryImagesJson>('registry-images', { ...filter, offset, limit }, signal);
}

/** The newest looks through registries; those that go on are asked for often. Told of by the same events as jobs. */
export function useRegistryScans(): UseQueryResult<RegistryScansJson> {
  return useQuery({
    queryKey: ['jobs', 'registry-scans'],
    queryFn: ({ signal }) => get<RegistryScansJson>('registry-scans', { limit: newestScans }, signal),
    refetchInterval: ({ state: { data } }) => (data?.items.some(isRunning) ? busyMs : restMs),
  });
}

export function isRunning({ state }: RegistryScanJson): boolean {
  return state === 'running';
}
