import { z } from 'zod';
import { sha256Of } from '../digest.ts';
import { ImageError } from '../image-error.ts';
import type { FileTree } from './file-tree.ts';
import type { LayerDescriptor, OpenedImage } from './image-source.ts';
import { maxConfigBytes, maxManifestBytes, platformOf, readConfig } from './manifest.ts';
import { digestOfParts, type OpenLayoutOptions } from './oci-layout.ts';
import { timeOf } from './open-manifest.ts';

const manifestForm = z
  .array(
    z.object({
      Config: z.string(),
      RepoTags: z.array(z.string()).nullish(),
      Layers: z.array(z.string()).max(10_000),
    }),
  )
  .min(1);

type Entry = z.output<typeof manifestForm>[number];

/**
 * An image that `docker save` wrote. Its layers are checked by the digests in its configuration.
 *
 * @throws {ImageError} when there is no such image, or more than one that could be meant.
 */
export async function openDockerArchive(
  tree: FileTree,
  { reference, name }: OpenLayoutOptions,
): Promise<OpenedImage> {
  const entry = choose(await entriesOf(tree), name, reference);
  const configBytes = await tree.read(entry.Config, maxConfigBytes);
  const config = readConfig(configBytes, reference);
  const diffIds = config.rootfs.diff_ids;
  if (diffIds.length !== entry.Layers.length)
    throw new ImageError(
      `${reference}: it has ${entry.Layers.length} layers, and its configuration tells of ${diffIds.length}`,
    );
  const layers: LayerDescriptor[] = [];
  for (const [i, path] of entry.Layers.entries())
    layers.push({
      mediaType: 'application/vnd.docker.image.rootfs.diff.tar',
      digest: path,
      sizeBytes: await tree.sizeOf(path),
      diffId: diffIds[i] ?? '',
    });
  const imageId = sha256Of(configBytes);
  return {
    reference,
    digest: digestOfParts([imageId, ...diffIds]),
    imageId,
    platform: platformOf(config),
    builtAtMs: timeOf(config.created),
    layers,
    repoDigests: [],
    // What a layer unpacks to is checked by whoever unpacks it.
    openLayer: ({ digest }, signal) => tree.stream(digest, signal),
  };
}

async function entriesOf(tree: FileTree): Promise<readonly Entry[]> {
  const text = (await tree.read('manifest.json', maxManifestBytes)).toString('utf8');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ImageError(`${tree.name}: its manifest.json is no JSON`);
  }
  const { data } = manifestForm.safeParse(json);
  if (data === undefined)
    throw new ImageError(`${tree.name}: its manifest.json is not what docker save writes`);
  return data;
}

function choose(entries: readonly Entry[], name: string | undefined, where: string): Entry {
  const named = entries.filter(
    ({ RepoTags: tags }) => name === undefined || tags?.some((tag) => isSame(tag, name)),
  );
  const [only] = named;
  const there = entries.flatMap(({ RepoTags: tags }) => tags ?? []).slice(0, 20);
  if (only === undefined)
    throw new ImageError(`${where}: there is no image "${name ?? ''}" in it; there is ${there.join(', ')}`);
  if (named.length > 1) throw new ImageError(`${where}: which image? Add :${there.join(' or :')}`);
  return only;
}

function isSame(tag: string, name: string): boolean {
  return tag === name || tag === `${name}:latest` || tag.endsWith(`/${name}`);
}
