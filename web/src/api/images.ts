import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { apiUrl, get, type Params } from './client.ts';
import type {
  CveJson,
  ImageDetailJson,
  ImageNewsJson,
  ImagePackagesJson,
  ImagesJson,
  WorkloadImagesJson,
} from './types.ts';

/** What moves by itself is asked for again this often. */
export const listEveryMs = 5000;
const busyEveryMs = 1500;

export function imagesPage(
  filter: Params,
  offset: number,
  limit: number,
  signal: AbortSignal,
): Promise<ImagesJson> {
  return get<ImagesJson>('images', { ...filter, offset, limit }, signal);
}

/** How many images there are of what, without the images. */
export function useImageCounts(): UseQueryResult<ImagesJson> {
  return useQuery({
    queryKey: ['images', 'counts'],
    queryFn: ({ signal }) => imagesPage({}, 0, 1, signal),
    refetchInterval: 3 * listEveryMs,
  });
}

/** The images of an object that runs containers. */
export function useWorkloadImages(key: string): UseQueryResult<WorkloadImagesJson> {
  return useQuery({
    queryKey: ['images', 'workload', key],
    queryFn: ({ signal }) => get<WorkloadImagesJson>('resource/images', { key }, signal),
    refetchInterval: ({ state: { data } }) =>
      data?.containers.some(({ images }) => images.some(({ state }) => state === 'scanning'))
        ? busyEveryMs
        : 3 * listEveryMs,
  });
}

export function useImage(id: string): UseQueryResult<ImageDetailJson> {
  return useQuery({
    queryKey: ['images', 'one', id],
    queryFn: ({ signal }) => get<ImageDetailJson>(`images/${encodeURIComponent(id)}`, {}, signal),
    refetchInterval: ({ state: { data } }) =>
      data?.uses.some(({ state, progress }) => state === 'scanning' || progress !== undefined)
        ? busyEveryMs
        : listEveryMs,
  });
}

export function packagesPage(
  id: string,
  filter: Params,
  offset: number,
  limit: number,
  signal: AbortSignal,
): Promise<ImagePackagesJson> {
  return get<ImagePackagesJson>(
    `images/${encodeURIComponent(id)}/packages`,
    { ...filter, offset, limit },
    signal,
  );
}

/** Where the SBOM of an image can be downloaded. */
export function sbomUrl(id: string, format: 'cyclonedx' | 'spdx'): string {
  return apiUrl(`images/${encodeURIComponent(id)}/sbom`, { format }).href;
}

export function useCve(id: string): UseQueryResult<CveJson> {
  return useQuery({
    queryKey: ['images', 'cve', id],
    queryFn: ({ signal }) => get<CveJson>(`cves/${encodeURIComponent(id)}`, {}, signal),
    placeholderData: (before, query) => (query?.queryKey[2] === id ? keepPreviousData(before) : undefined),
    refetchInterval: 30_000,
  });
}

export function newsPage(
  filter: Params,
  offset: number,
  limit: number,
  signal: AbortSignal,
): Promise<ImageNewsJson> {
  return get<ImageNewsJson>('images/news', { ...filter, offset, limit }, signal);
}

/** Every row that a filter lets through, for export. */
export async function allRows<Item>(
  page: (
    offset: number,
    limit: number,
    signal: AbortSignal,
  ) => Promise<{ total: number; items: readonly Item[] }>,
): Promise<readonly Item[]> {
  const signal = AbortSignal.timeout(120_000);
  const items: Item[] = [];
  for (;;) {
    const next = await page(items.length, 1000, signal);
    items.push(...next.items);
    if (next.items.length === 0 || items.length >= next.total) return items;
  }
}
