import type { ImagesSource } from '../../api/skopos/images.ts';
import type { VulnerabilityDatabase } from '../../images/database/vulnerability-database.ts';
import type { FindingStore } from '../../images/live/finding-store.ts';
import type { LiveImages } from '../../images/live/image-scans.ts';
import type { ImageStore } from '../../images/live/image-store.ts';
import type { ImageMatcher } from '../../images/live/matcher.ts';
import type { Clock } from '../../kit/clock.ts';
import { cveOf } from './cve.ts';
import { imageDetails } from './image-detail.ts';
import { imageJson } from './image-json.ts';
import { listImages } from './image-list.ts';
import { newsOf } from './image-news.ts';

export interface ImagesSourceParts {
  readonly live: LiveImages;
  readonly images: ImageStore;
  readonly findings: FindingStore;
  readonly database: VulnerabilityDatabase;
  readonly matcher: ImageMatcher;
  readonly clock: Clock;
  readonly newSinceMs: () => number;
  /** Why images that nobody has looked at are not scanned; '' while they are. */
  readonly heldBecause: () => string;
}

const noFacets = { severity: [], namespace: [] };

/** Where no images are scanned. */
export const noImages: ImagesSource = {
  images: (filter) => ({
    ...listImages([], filter),
    enabled: false,
    newsToday: 0,
    data: { state: 'missing', problem: '', builtAtMs: 0 },
  }),
  image: () => undefined,
  packages: () => undefined,
  sbom: () => undefined,
  cve: () => undefined,
  news: ({ sinceMs = 0 }) => ({
    ...{ enabled: false, sinceMs, total: 0, items: [], facets: noFacets },
    counts: { new: 0, fixed: 0, ignored: 0 },
  }),
};

/** Images as our own API tells of them. */
export function imagesSource(parts: ImagesSourceParts): ImagesSource {
  const { live, findings, database, newSinceMs, heldBecause } = parts;
  return {
    images(filter) {
      const held = heldBecause();
      const all = [...live.entries()].map((entry) => imageJson(entry, held));
      const { state, problem = '', builtAtMs } = database.status();
      return {
        ...listImages(all, filter),
        enabled: true,
        newsToday: findings.newSince(newSinceMs(), mostNew).length,
        data: { state, problem, builtAtMs },
      };
    },
    ...imageDetails(parts),
    cve: (id) => cveOf(id, parts),
    news: (filter) => newsOf(filter, parts),
  };
}

/** New ones that are counted. */
const mostNew = 10_000;
