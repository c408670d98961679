import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type TarFile, tar } from './tar.ts';

export interface MadeImage {
  readonly manifest: Buffer;
  readonly digest: string;
  /** Every blob by its digest: the configuration, the layers and the manifest. */
  readonly blobs: ReadonlyMap<string, Buffer>;
  readonly diffIds: readonly string[];
}

export const ociManifestType = 'application/vnd.oci.image.manifest.v1+json';
export const ociIndexType = 'application/vnd.oci.image.index.v1+json';

export function digestOf(bytes: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

export interface ImageParts {
  readonly platform?: { readonly os: string; readonly architecture: string; readonly variant?: string };
  /** Packs a layer; gzip when left out. */
  readonly pack?: (archive: Buffer) => Buffer;
  readonly layerType?: string;
  /** Claimed in place of what layers unpack to. */
  readonly diffIds?: readonly string[];
  /** Layers that are there already, below those that are given: as manifests list them, with their blobs. */
  readonly prepared?: {
    readonly layers: readonly unknown[];
    readonly diffIds: readonly string[];
    readonly blobs: ReadonlyMap<string, Buffer>;
  };
}

/** An image of these layers as the OCI describes them. */
export function image(layers: readonly (readonly TarFile[])[], parts: ImageParts = {}): MadeImage {
  const { platform = { os: 'linux', architecture: 'amd64' }, pack = (archive) => gzipSync(archive) } = parts;
  const archives = layers.map((files) => tar(files));
  const packed = archives.map(pack);
  const { prepared } = parts;
  const diffIds = parts.diffIds ?? [
    ...(prepared?.diffIds ?? []),
    ...archives.map((archive) => digestOf(archive)),
  ];
  const config = Buffer.from(
    JSON.stringify({
      ...platform,
      created: '2024-05-06T07:08:09Z',
      rootfs: { type: 'layers', diff_ids: diffIds },
    }),
  );
  const descriptor = (mediaType: string, blob: Buffer) => ({
    mediaType,
    digest: digestOf(blob),
    size: blob.length,
  });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: ociManifestType,
      config: descriptor('application/vnd.oci.image.config.v1+json', config),
      layers: [
        ...(prepared?.layers ?? []),
        ...packed.map((blob) =>
          descriptor(parts.layerType ?? 'application/vnd.oci.image.layer.v1.tar+gzip', blob),
        ),
      ],
    }),
  );
  const own = [config, ...packed, manifest].map((blob) => [digestOf(blob), blob] as const);
  const blobs = new Map([...own, ...(prepared?.blobs ?? [])]);
  return { manifest, digest: digestOf(manifest), blobs, diffIds };
}

/** An index of images for several platforms. */
export function index(images: readonly (readonly [MadeImage, string])[]): MadeImage {
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: ociIndexType,
      manifests: images.map(([made, platform]) => {
        const [os, architecture, variant] = platform.split('/');
        return {
          ...{ mediaType: ociManifestType, digest: made.digest, size: made.manifest.length },
          platform: { os, architecture, ...(variant === undefined ? {} : { variant }) },
        };
      }),
    }),
  );
  const blobs = new Map([...images.flatMap(([made]) => [...made.blobs]), [digestOf(manifest), manifest]]);
  return { manifest, digest: digestOf(manifest), blobs, diffIds: [] };
}

/** Writes an OCI image layout with these images by name. */
export function writeLayout(folder: string, images: Readonly<Record<string, MadeImage>>): void {
  mkdirSync(join(folder, 'blobs/sha256'), { recursive: true });
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  for (const { blobs } of Object.values(images))
    for (const [digest, blob] of blobs) writeFileSync(join(folder, 'blobs', digest.replace(':', '/')), blob);
  const manifests = Object.entries(images).map(([name, { digest, manifest }]) => ({
    mediaType: ociManifestType,
    digest,
    size: manifest.length,
    annotations: { 'org.opencontainers.image.ref.name': name },
  }));
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
}
