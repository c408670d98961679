import type { ImagesSource } from '../../api/skopos/images.ts';
import type { VulnerabilityDatabase } from '../../images/database/vulnerability-database.ts';
import type { FindingStore } from '../../images/live/finding-store.ts';
import type { LiveImages } from '../../images/live/image-scans.ts';
import type { ImageStore } from '../../images/live/image-store.ts';
import type { ImageMatcher } from '../../images/live/matcher.ts';
import type { RegistryStore } from '../../images/live/registry-store.ts';
import type { Clock } from '../../kit/clock.ts';
import { cveOf } from './cve.ts';
import { imageDetails } from './image-detail.ts';
import { imageJson } from './image-json.ts';
import { listImages } from './image-list.ts';
import { newsOf } from './image-news.ts';
import { workloadImages } from './workload-images.ts';

export interface ImagesSourceParts {
  readonly live: LiveImages;
  readonly images: ImageStore;
  readonly findings: FindingStore;
  /** What registries were looked through for. */
  readonly registries: RegistryStore;
  readonly database: VulnerabilityDatabase;
  readonly matcher: ImageMatcher;
  readonly clock: Clock;
  readonly newSinceMs: () => number;
  /** Why images that nobody has looked at are not scanned; '' while they are. */
  readonly heldBecause: () => string;
}

const noData = { state: 'missing', problem: '', builtAtMs: 0 } as const;
const noFacets = { severity: [], namespace: [] };

/** Where no images are scanned. */
export const noImages: ImagesSource = {
  images: (filter) => ({
    ...listImages([], filter),
    enabled: false,
    newsToday: 0,
    data: noData,
  }),
  image: () => undefined,
  packages: () => undefined,
  sbom: () => undefined,
  cve: () => undefined,
  news: ({ sinceMs = 0 }) => ({
    ...{ enabled: false, sinceMs, total: 0, items: [], facets: noFacets },
    counts: { new: 0, fixed: 0, ignored: 0 },
  }),
  workload: (asked) => ({
    ...workloadImages(asked, { entries: [], openOf: () => [] }),
    enabled: false,
    data: noData,
  }),
};

/** Images as our own API tells of them. */
export function imagesSource(parts: ImagesSourceParts): ImagesSource {
  const { live, findings, database, newSinceMs, heldBecause } = parts;
  return {
    images(filter) {
      const held = heldBecause();
      const all = [...live.entries()].map((entry) => imageJson(entry, held));
      return {
        ...listImages(all, filter),
        enabled: true,
        newsToday: findings.countNewSince(newSinceMs()),
        data: dataOf(database),
      };
    },
    ...imageDetails(parts),
    cve: (id) => cveOf(id, parts),
    news: (filter) => newsOf(filter, parts),
    workload: (asked) => ({
      ...workloadImages(asked, {
        entries: live.entries(),
        openOf: (repository) => findings.of(repository),
        heldBecause: heldBecause(),
      }),
      enabled: true,
      data: dataOf(database),
    }),
  };
}

function dataOf(database: VulnerabilityDatabase) {
  const { state, problem = '', builtAtMs } = database.status();
  return { state, problem, builtAtMs };
}
