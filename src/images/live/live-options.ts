import type { Clock } from '../../kit/clock.ts';
import type { Logger } from '../../log/logger.ts';
import type { Analyser } from '../pipeline/analyser.ts';
import type { CredentialSource } from '../registry/credentials.ts';
import type { FindingChanges, FindingStore } from './finding-store.ts';
import type { ScanBounds } from './image-reader.ts';
import type { ImageStore } from './image-store.ts';
import type { ImageSummary, ImageUse, NamedImage } from './live-image.ts';
import type { ImageMatcher } from './matcher.ts';

export interface LiveImagesOptions {
  readonly analyser: Pick<Analyser, 'version' | 'open' | 'analyse'>;
  readonly matcher: ImageMatcher;
  readonly images: ImageStore;
  readonly findings: FindingStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** Images that are scanned at once; 2 when left out. */
  readonly atOnce?: number;
  /** Images in use that are looked after; 5000 when left out. */
  readonly maxImages?: number;
  /** Logins of those who run an image. */
  readonly credentialsOf?: (uses: readonly ImageUse[], signal: AbortSignal) => Promise<CredentialSource>;
  /** The cluster's own settings, asked for each scan. */
  readonly bounds?: () => ScanBounds;
  /** Told of each scan that ended, with its duration and whether the image had to be read. */
  readonly onScanned?: (scan: ScanReport) => void;
  /** Told of what has changed in a repository, and because of what. */
  readonly onFindings?: (repository: string, changes: FindingChanges, cause: string) => void;
}

export interface ScanReport {
  readonly outcome: 'read' | 'known' | 'failed';
  readonly durationMs: number;
  readonly named: NamedImage;
  readonly cause: string;
  /** Absent when it failed. */
  readonly summary?: ImageSummary;
  /** Why it failed; '' otherwise. */
  readonly problem: string;
}
