import type { Clock } from '../../kit/clock.ts';
import type { Logger } from '../../log/logger.ts';
import type { ImageSbom } from '../../model/image-sbom.ts';
import type { Cataloger } from '../catalogers/cataloger.ts';
import type { AnalysisSettings } from '../config.ts';
import type { CredentialSource } from '../registry/credentials.ts';
import type { OpenedImage } from '../sources/image-source.ts';

/** How far an analysis is. Told often; cheap to ignore. */
export interface AnalysisProgress {
  readonly phase: 'open' | 'layers' | 'packages';
  readonly layers: number;
  /** Layers that are done, those from the cache included. */
  readonly layersDone: number;
  /** Layers that were known and not fetched. */
  readonly layersCached: number;
  /** Compressed, of the layers that are fetched. */
  readonly bytes: number;
  readonly bytesDone: number;
}

export interface AnalyseOptions {
  readonly signal: AbortSignal;
  /** `linux/arm64`: of an image for several; `linux/amd64` when left out. */
  readonly platform?: string;
  /** Asked before what is configured: the pull secrets of a workload, for one. */
  readonly credentials?: CredentialSource;
  readonly onProgress?: (progress: AnalysisProgress) => void;
}

export interface AnalyserOptions {
  readonly settings: AnalysisSettings;
  /** Where layers are kept between images and runs; nothing is kept when left out. */
  readonly cacheDir?: string;
  readonly clock?: Clock;
  readonly log: Logger;
  /** For tests: other catalogers; images are then read in this thread. */
  readonly catalogers?: readonly Cataloger[];
}

/**
 * Images to packages, wherever they lie: fetched, checked, unpacked in memory and cataloged in threads of their own. What
 * two callers want at once is done once; layers that were seen before are not fetched.
 */
export declare class Analyser {
  constructor(options: AnalyserOptions);

  /** What results are made by; a stored SBOM of another is to be made anew. */
  readonly version: string;

  /**
   * Finds an image, without its layers: its digest tells whether its SBOM is known.
   *
   * @param reference an image's name (`nginx:1.27`), or a place: `oci:<folder>[:tag]`, `oci-archive:<file>`,
   * `docker-archive:<file>[:name]`, `dir:<folder>`.
   * @throws {AppError} when it is not there, may not be read, or is no image.
   */
  open(reference: string, options: AnalyseOptions): Promise<OpenedImage>;

  /**
   * The packages of an image. What could not be read of it is in `partial`.
   *
   * @throws {AppError} when nothing can be said of it: not there, refused, not an image, a manifest that is not what it should be.
   */
  analyse(image: string | OpenedImage, options: AnalyseOptions): Promise<ImageSbom>;

  /** The digest that a tag has now, by one HEAD request; undefined where the registry does not tell. */
  digestOf(reference: string, options: AnalyseOptions): Promise<string | undefined>;

  /** Repositories of a registry, in its order, page by page. */
  repositories(registry: string, options: AnalyseOptions): AsyncIterable<string>;

  /** Tags of a repository (`ghcr.io/team/shop`), in the registry's order, page by page. */
  tags(repository: string, options: AnalyseOptions): AsyncIterable<string>;

  close(): Promise<void>;
}
