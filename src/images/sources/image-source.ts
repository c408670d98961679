/** A layer as a manifest lists it. */
export interface LayerDescriptor {
  readonly mediaType: string;
  /** Of the blob as it travels, compressed. */
  readonly digest: string;
  readonly sizeBytes: number;
  /** Of the unpacked tar, from the image's configuration: what layers are cached by. */
  readonly diffId: string;
}

/** An image that was found, wherever it lies; nothing of its layers has been read. */
export interface OpenedImage {
  /** What was asked for, in its full form: `docker.io/library/nginx:1.27`. */
  readonly reference: string;
  /** Empty for a folder, of which nothing is known before it is read. */
  readonly digest: string;
  readonly imageId: string;
  /** `os/architecture[/variant]`; empty for a folder. */
  readonly platform: string;
  readonly builtAtMs: number;
  readonly layers: readonly LayerDescriptor[];
  /** Tags and digests by which a registry knows it, e.g. `docker.io/library/nginx@sha256:…`. */
  readonly repoDigests: readonly string[];
  /** Of a root folder, which has no layers: its path. */
  readonly folder?: string;
  /**
   * A layer's blob as it travels, checked against its digest while it is read: what lies fails at its end. A
   * piece is good until the next one is asked for.
   *
   * @throws {AppError} when it cannot be had, or is not what its digest says.
   */
  openLayer(layer: LayerDescriptor, signal: AbortSignal): AsyncIterable<Uint8Array>;
}

/** Where images come from: a registry, an OCI layout, an archive. */
export interface ImageSource {
  /** @throws {AppError} with what was asked, where, and what to do. */
  open(reference: string, signal: AbortSignal): Promise<OpenedImage>;
}
