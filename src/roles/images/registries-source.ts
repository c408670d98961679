import type { RegistriesSource, RegistryImageFilter } from '../../api/skopos/registries.ts';
import {
  imageSeverities,
  type RegistryImageJson,
  type RegistryScanJson,
} from '../../api/skopos/registries-contract.ts';
import type { ImageEntry } from '../../images/live/image-entries.ts';
import type { ImageUse } from '../../images/live/live-image.ts';
import type { RegistryImageQuery } from '../../images/live/registry-query.ts';
import type { RegistryImage, RegistryScanRecord } from '../../images/live/registry-rows.ts';
import type { RegistryStore } from '../../images/live/registry-store.ts';
import { type VulnerabilitySeverity, vulnerabilitySeverities } from '../../model/vulnerability.ts';
import { noCounts, severityWord, workloadsOf } from './image-json.ts';

/** Workloads of one image that are told. */
const mostWorkloads = 20;

/** Where no images are scanned. */
export const noRegistries: RegistriesSource = {
  images: () => ({
    ...{ enabled: false, items: [], total: 0, running: 0 },
    facets: { registry: [], platform: [], state: [], severity: [] },
  }),
  scans: () => ({ enabled: false, items: [] }),
};

/** What registries were looked through for as our own API tells of it, with who runs what was found. */
export function registriesSource(
  store: RegistryStore,
  live: { entries(): Iterable<Readonly<ImageEntry>> },
): RegistriesSource {
  return {
    images(filter) {
      const uses = usesByDigest(live.entries());
      const query = queryOf(filter, uses);
      const rows = store.images(query, filter);
      const total = sumOf(store.counts('state', query));
      const running = (): number =>
        sumOf(store.counts('state', { ...query, digests: { of: uses.keys(), isIn: true } }));
      return {
        enabled: true,
        items: rows.map((row) => registryImageJson(row, uses.get(row.digest) ?? [])),
        total,
        running: filter.isRunning === undefined ? running() : filter.isRunning ? total : 0,
        facets: {
          registry: facets(store.counts('registry', { ...query, registries: [] })),
          platform: facets(store.counts('platform', { ...query, platforms: [] })),
          state: facets(store.counts('state', { ...query, states: [] })),
          severity: severityFacets(store.counts('severities', { ...query, severities: [] })),
        },
      };
    },
    scans: ({ offset, limit }) => ({
      enabled: true,
      items: store.scans(limit, offset).map(registryScanJson),
    }),
  };
}

/** Who runs which digest. */
export function usesByDigest(
  entries: Iterable<Readonly<ImageEntry>>,
): ReadonlyMap<string, readonly ImageUse[]> {
  const all = new Map<string, ImageUse[]>();
  for (const { digest, uses } of entries)
    if (digest !== undefined) all.set(digest, [...(all.get(digest) ?? []), ...uses]);
  return all;
}

function queryOf(filter: RegistryImageFilter, uses: ReadonlyMap<string, unknown>): RegistryImageQuery {
  const { registries, platforms, states, severities, isFixable, isRunning, job, text } = filter;
  return {
    ...{ registries, platforms, states, isFixable, text },
    severities: vulnerabilitySeverities.filter((one) => severities.includes(severityWord(one))),
    ...(job === undefined ? {} : { job }),
    ...(isRunning === undefined ? {} : { digests: { of: uses.keys(), isIn: isRunning } }),
  };
}

function registryImageJson(row: RegistryImage, uses: readonly ImageUse[]): RegistryImageJson {
  const { image, platform, registry, repository, tag, digest, state, reasons, counts, packages } = row;
  const { fixable, knownExploited, risk, scannedAtMs, job, schedule } = row;
  const vulnerabilities = noCounts();
  for (const { severity, all, fixable: some } of counts)
    vulnerabilities[severityWord(severity)] = { all, fixable: some };
  const workloads = workloadsOf(uses);
  return {
    ...(digest === '' ? {} : { id: digest }),
    ...{ image, platform, registry, repository, tag, state, packages, vulnerabilities },
    ...{ fixable, knownExploited, risk, scannedAtMs, job, schedule },
    reasons: [...reasons],
    workloads: workloads.slice(0, mostWorkloads),
    workloadTotal: workloads.length,
  };
}

function registryScanJson({ scope, ...scan }: RegistryScanRecord): RegistryScanJson {
  const { name, depth, include, exclude, platforms } = scope;
  return {
    ...{ ...scan, name, depth },
    ...{ include: [...include], exclude: [...exclude], platforms: [...platforms] },
  };
}

function sumOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

function facets(counts: ReadonlyMap<string, number>) {
  return [...counts]
    .map(([value, count]) => ({ value, label: value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}

/** @param counts by the bits of the severities that images have */
function severityFacets(counts: ReadonlyMap<string, number>) {
  return imageSeverities.flatMap((value, i) => {
    const count = [...counts].reduce((sum, [bits, of]) => sum + ((Number(bits) >> i) & 1) * of, 0);
    return count === 0 ? [] : [{ value, label: value, count }];
  });
}

// The bits of severities follow the model's order, and so do the words of the API.
imageSeverities satisfies readonly Lowercase<VulnerabilitySeverity>[];
