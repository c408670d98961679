import { stat } from 'node:fs/promises';
import { NotFoundError } from '../../kit/app-error.ts';
import { ImageError } from '../image-error.ts';
import { openDockerArchive } from './docker-archive.ts';
import { archiveTree, type FileTree, folderTree } from './file-tree.ts';
import type { OpenedImage } from './image-source.ts';
import { openOciLayout } from './oci-layout.ts';
import type { ImagePlace } from './place.ts';

export interface OpenLocalOptions {
  /** As it was asked for. */
  readonly reference: string;
  readonly platform: string;
  readonly signal: AbortSignal;
}

/**
 * Opens an image that lies on disk.
 *
 * @throws {AppError} when it is not there, or no image.
 */
export async function openLocal(
  place: Exclude<ImagePlace, { kind: 'registry' }>,
  options: OpenLocalOptions,
): Promise<OpenedImage> {
  if (place.kind === 'folder') return openFolder(place.path);
  const named = { ...options, name: place.name };
  if (place.kind === 'oci-folder') {
    await mustBeThere(place.path);
    return openOciLayout(folderTree(place.path), named);
  }
  const tree = await archiveTree(place.path);
  const kind = place.kind === 'archive' ? await kindOf(tree) : place.kind;
  return kind === 'oci-archive' ? openOciLayout(tree, named) : openDockerArchive(tree, named);
}

/** Newer Dockers write both: what the OCI has names more digests. */
async function kindOf(tree: FileTree): Promise<'oci-archive' | 'docker-archive'> {
  if (await tree.has('index.json')) return 'oci-archive';
  if (await tree.has('manifest.json')) return 'docker-archive';
  throw new ImageError(`${tree.name} is no image: it has neither an index.json nor a manifest.json`);
}

async function openFolder(path: string): Promise<OpenedImage> {
  await mustBeThere(path);
  return {
    reference: `dir:${path}`,
    digest: '',
    imageId: '',
    platform: '',
    builtAtMs: 0,
    layers: [],
    repoDigests: [],
    folder: path,
    openLayer() {
      throw new ImageError(`${path} is a folder and has no layers`);
    },
  };
}

async function mustBeThere(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) throw new NotFoundError(`${path} is no folder`);
}
