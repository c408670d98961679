import type { Distribution } from '../../model/image-sbom.ts';
import type { Package } from '../../model/package.ts';

/** A file of a layer, before its contents are read. */
export interface LayerFile {
  /** Absolute, normalised, as the layer spells it (links not followed). */
  readonly path: string;
  readonly sizeBytes: number;
  /** Permission bits. */
  readonly mode: number;
}

/** A file that the image shows, with what a cataloger read of it. */
export interface FoundFile<Evidence> {
  /** Absolute, links followed. */
  readonly path: string;
  /** The unpacked digest of the layer it came with; empty for a folder. */
  readonly layer: string;
  readonly evidence: Evidence;
}

/** The image as a running container would see it: layers squashed, whiteouts applied. */
export interface SquashedImage {
  readonly distribution: Distribution | undefined;
  /** `amd64`, `arm64` …; empty where it is not known. */
  readonly architecture: string;
  /** Where a path leads when links are followed; undefined for what is not there, or leads in circles. */
  resolve(path: string): string | undefined;
  /** The layer that a (resolved) path came with. */
  layerOf(path: string): string | undefined;
}

/** A package with the files that belong to it, for telling who owns what. */
export interface CatalogedPackage extends Package {
  /** Absolute paths of the files that it installed, as its own records name them. */
  readonly files: readonly string[];
}

/**
 * Finds the packages of one ecosystem, in two steps. `read` sees one file of one layer and keeps what matters of it as
 * plain JSON: that is cached with the layer, so that images on one base pay once. `assemble` sees what the squashed
 * image shows of it all.
 *
 * @template Evidence plain JSON, small beside the file it stands for.
 */
export interface Cataloger<Evidence = unknown> {
  /** e.g. `deb`; names it in results, and in the cache's key together with `revision`. */
  readonly name: string;
  /** Counted up whenever `read` gives something else for the same file. */
  readonly revision: number;
  /** Whether to read a file, by its name, size and mode and its first bytes (at most 64). Must be cheap: asked of every file. */
  wants(file: LayerFile, head: Uint8Array): boolean;
  /**
   * What matters of a file; undefined when it is not what it looked like.
   *
   * @throws {AppError} when it is, but cannot be read: the result is partial then and says why.
   */
  read(file: LayerFile, content: Uint8Array): Evidence | undefined;
  /**
   * The packages of the files that are still visible, in a stable order.
   *
   * @throws {UnreadablePackagesError} with the packages as `found`, when files do not fit together: the result is partial then.
   */
  assemble(files: readonly FoundFile<Evidence>[], image: SquashedImage): CatalogedPackage[];
}
