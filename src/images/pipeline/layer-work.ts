import type { Distribution, PartialReason } from '../../model/image-sbom.ts';
import type { Package } from '../../model/package.ts';
import type { AnalysisLimits } from '../limits.ts';

export interface LayerJob {
  readonly diffId: string;
  readonly limits: AnalysisLimits;
  /** See `ReadLayerOptions.aliases`. */
  readonly aliases: ReadonlyMap<string, readonly string[]>;
}

export interface LayerResult {
  /** An encoded layer record. */
  readonly record: Uint8Array;
  readonly isWhole: boolean;
  readonly open: ReadonlyMap<string, readonly string[]>;
}

export interface FolderJob {
  readonly folder: string;
  readonly limits: AnalysisLimits;
}

export interface AssembleJob {
  /** Encoded, the lowest first. */
  readonly records: readonly Uint8Array[];
  readonly architecture: string;
}

export interface AssembledImage {
  readonly packages: readonly Package[];
  readonly distribution: Distribution | undefined;
  readonly partial: readonly PartialReason[];
}

/** What is done in threads: all work on the contents of images, which nobody vouches for. */
export interface LayerWork {
  /** @throws {ImageError} when it is another than its digest says. Errors of `blob` come through. */
  readLayer(blob: AsyncIterable<Uint8Array>, job: LayerJob): Promise<LayerResult>;
  readFolder(job: FolderJob): Promise<LayerResult>;
  assemble(job: AssembleJob): Promise<AssembledImage>;
}
