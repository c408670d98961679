import { checkDigest, mustBeDigest } from '../digest.ts';
import { ImageError } from '../image-error.ts';
import type { LayerDescriptor, OpenedImage } from './image-source.ts';
import { choosePlatform, type ImageManifest, platformOf, readConfig, readManifest } from './manifest.ts';

/** Where the parts of an image come from, whatever it is kept in. */
export interface ImageStore {
  /** The bytes of a manifest by its digest; not yet checked. */
  manifest(digest: string, signal: AbortSignal): Promise<Uint8Array>;
  /** The bytes of a small blob; not yet checked. */
  config(digest: string, sizeBytes: number, signal: AbortSignal): Promise<Uint8Array>;
  /** A blob, checked as it comes. */
  layer(layer: LayerDescriptor, signal: AbortSignal): AsyncIterable<Uint8Array>;
}

export interface OpenManifestOptions {
  readonly store: ImageStore;
  /** What was asked for, in full. */
  readonly reference: string;
  /** Of `bytes`, which are checked against it. */
  readonly digest: string;
  readonly bytes: Uint8Array;
  readonly platform: string;
  readonly signal: AbortSignal;
  /** The name without tag, for `repoDigests`; empty where there is none. */
  readonly repository: string;
}

/** An index may lead to another one; no further. */
const maxIndexes = 3;

/**
 * From a manifest or index to an image whose layers can be read.
 *
 * @throws {ImageError} when something is not what its digest says, or no image.
 */
export async function openManifest(options: OpenManifestOptions): Promise<OpenedImage> {
  const { store, reference, platform, signal, repository } = options;
  let { digest, bytes } = options;
  const digests = [digest];
  for (let hop = 0; ; hop++) {
    checkDigest(bytes, digest, `the manifest of ${reference}`);
    const manifest = readManifest(bytes, reference);
    if (manifest.kind === 'image') {
      const { digest: config, size } = manifest.image.config;
      mustBeDigest(config, `the configuration of ${reference}`);
      const configBytes = await store.config(config, size, signal);
      return {
        ...describe(manifest.image, configBytes, reference),
        digest,
        repoDigests: repository === '' ? [] : digests.map((one) => `${repository}@${one}`),
        openLayer: (layer, layerSignal) => store.layer(layer, layerSignal),
      };
    }
    if (hop === maxIndexes) throw new ImageError(`${reference}: its indexes lead to ever more indexes`);
    digest = choosePlatform(manifest.entries, platform, reference).digest;
    mustBeDigest(digest, `the manifest of ${reference}`);
    digests.push(digest);
    bytes = await store.manifest(digest, signal);
  }
}

function describe(
  image: ImageManifest,
  configBytes: Uint8Array,
  reference: string,
): Omit<OpenedImage, 'digest' | 'repoDigests' | 'openLayer'> {
  checkDigest(configBytes, image.config.digest, `the configuration of ${reference}`);
  const config = readConfig(configBytes, reference);
  const diffIds = config.rootfs.diff_ids;
  if (diffIds.length !== image.layers.length)
    throw new ImageError(
      `${reference}: its manifest has ${image.layers.length} layers, and its configuration ${diffIds.length}`,
    );
  return {
    reference,
    imageId: image.config.digest,
    platform: platformOf(config),
    builtAtMs: timeOf(config.created),
    layers: image.layers.map(({ mediaType, digest, size }, i) => ({
      mediaType,
      digest,
      sizeBytes: size,
      diffId: diffIds[i] ?? '',
    })),
  };
}

/** Unix ms of a time as images write it; 0 for none. */
export function timeOf(text: string | null | undefined): number {
  const atMs = Date.parse(text ?? '');
  return Number.isNaN(atMs) ? 0 : Math.max(0, atMs);
}
