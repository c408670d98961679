import { checkedBlob, sha256Of } from '../digest.ts';
import { ImageError } from '../image-error.ts';
import { isDigest } from '../reference.ts';
import type { FileTree } from './file-tree.ts';
import type { OpenedImage } from './image-source.ts';
import {
  choosePlatform,
  type IndexEntry,
  maxConfigBytes,
  maxManifestBytes,
  readManifest,
} from './manifest.ts';
import { type ImageStore, openManifest } from './open-manifest.ts';

const nameAnnotations = ['org.opencontainers.image.ref.name', 'io.containerd.image.name'];

export interface OpenLayoutOptions {
  readonly reference: string;
  /** A name within it; may be left out when it holds one image, or one for several platforms. */
  readonly name: string | undefined;
  readonly platform: string;
  readonly signal: AbortSignal;
}

/**
 * An image of an OCI image layout, in a folder or an archive.
 *
 * Source: https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 *
 * @throws {ImageError} when there is no such image, or more than one that could be meant.
 */
export async function openOciLayout(tree: FileTree, options: OpenLayoutOptions): Promise<OpenedImage> {
  const { reference, name, platform, signal } = options;
  const index = readManifest(await tree.read('index.json', maxManifestBytes), reference);
  if (index.kind !== 'index') throw new ImageError(`${reference}: its index.json is no index`);
  const { digest } = choose(index.entries, name, platform, reference);
  const store: ImageStore = {
    manifest: (one) => tree.read(blobPath(one), maxManifestBytes),
    config: (one) => tree.read(blobPath(one), maxConfigBytes),
    layer: (layer, layerSignal) =>
      checkedBlob(tree.stream(blobPath(layer.digest), layerSignal), layer.digest, layer.sizeBytes),
  };
  const bytes = await store.manifest(digest, signal);
  return openManifest({ store, reference, digest, bytes, platform, signal, repository: '' });
}

function choose(
  entries: readonly IndexEntry[],
  name: string | undefined,
  platform: string,
  where: string,
): IndexEntry {
  const named = entries.filter((entry) => name === undefined || namesOf(entry).includes(name));
  const [only] = named;
  if (only === undefined) {
    const there = [...new Set(entries.flatMap(namesOf))];
    throw new ImageError(
      `${where}: there is no image "${name ?? ''}" in it${there.length === 0 ? '' : `; there is ${there.slice(0, 20).join(', ')}`}`,
    );
  }
  if (named.length === 1) return only;
  if (named.every((entry) => entry.platform != null)) return choosePlatform(named, platform, where);
  const there = [...new Set(named.flatMap(namesOf))];
  throw new ImageError(`${where}: which image? Add :${there.slice(0, 20).join(' or :')}`);
}

function namesOf({ annotations }: IndexEntry): string[] {
  return nameAnnotations.flatMap((key) => annotations?.[key] ?? []);
}

/** @throws {ImageError} for what is no digest, which could be any path. */
function blobPath(digest: string): string {
  if (!isDigest(digest)) throw new ImageError(`"${digest.slice(0, 100)}" is no digest`);
  return `blobs/${digest.replace(':', '/')}`;
}

/** For images that have no manifest: a digest of what they are made of. */
export function digestOfParts(parts: readonly string[]): string {
  return sha256Of(parts.join('\n'));
}
