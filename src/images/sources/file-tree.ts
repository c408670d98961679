import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, NotFoundError } from '../../kit/app-error.ts';
import { ImageError } from '../image-error.ts';
import { normalPath, parentOf } from '../layers/paths.ts';
import { TarReader } from '../layers/tar-reader.ts';

/** Files by their path, in a folder or in an archive. */
export interface FileTree {
  /** For errors. */
  readonly name: string;
  has(path: string): Promise<boolean>;
  /** @throws {ImageError} when it is not there or larger. */
  read(path: string, maxBytes: number): Promise<Buffer>;
  /**
   * Pieces, each good until the next is asked for.
   *
   * @throws {ImageError} when it is not there.
   */
  stream(path: string, signal: AbortSignal): AsyncIterable<Uint8Array>;
  sizeOf(path: string): Promise<number>;
}

const pieceBytes = 512 * 1024;

export function folderTree(folder: string): FileTree {
  const sizeOf = async (path: string): Promise<number> => {
    try {
      return (await stat(join(folder, path))).size;
    } catch (error) {
      throw new ImageError(`${folder}: ${path} cannot be read: ${reasonOf(error)}`, { cause: error });
    }
  };
  return {
    name: folder,
    has: (path) =>
      sizeOf(path).then(
        () => true,
        () => false,
      ),
    sizeOf,
    async read(path, maxBytes) {
      checkSize(`${folder}: ${path}`, await sizeOf(path), maxBytes);
      return gathered(this.stream(path, new AbortController().signal));
    },
    stream: (path, signal) => bytesOf(join(folder, path), { signal }),
  };
}

/**
 * A tar archive as files; only its headers are read for that.
 *
 * @throws {AppError} when it is not there, or no archive.
 */
export async function archiveTree(file: string): Promise<FileTree> {
  const index = await indexOf(file);
  const entryOf = (path: string): Place => {
    const found = follow(index, path);
    if (found === undefined) throw new ImageError(`${file}: the archive has no ${path}`);
    return found;
  };
  const tree: FileTree = {
    name: file,
    has: (path) => Promise.resolve(follow(index, path) !== undefined),
    sizeOf: async (path) => entryOf(path).sizeBytes,
    async read(path, maxBytes) {
      checkSize(`${file}: ${path}`, entryOf(path).sizeBytes, maxBytes);
      return gathered(this.stream(path, new AbortController().signal));
    },
    stream(path, signal) {
      const { dataAt, sizeBytes } = entryOf(path);
      if (sizeBytes === 0) return nothing();
      return bytesOf(file, { signal, start: dataAt, end: dataAt + sizeBytes });
    },
  };
  return tree;
}

interface Place {
  readonly dataAt: number;
  readonly sizeBytes: number;
}

type Index = ReadonlyMap<string, Place | string>;

/** Archives of images have some hundred files. */
const maxEntries = 100_000;

async function indexOf(file: string): Promise<Index> {
  const index = new Map<string, Place | string>();
  const reader = new TarReader({
    entry({ name, kind, linkName, dataAt, sizeBytes }) {
      const path = normalPath(name)?.slice(1);
      if (path === undefined || index.size >= maxEntries)
        throw new ImageError(
          `${file}: the archive has ${path === undefined ? 'a name that leads out of it' : 'too many entries'}`,
        );
      if (kind === 'file') index.set(path, { dataAt, sizeBytes });
      // What was saved by older Dockers has one layer in several places by links.
      if (kind === 'link') index.set(path, normalPath(`${parentOf(`/${path}`)}/${linkName}`)?.slice(1) ?? '');
      if (kind === 'hard-link') index.set(path, normalPath(linkName)?.slice(1) ?? '');
      return false;
    },
    content() {},
  });
  const handle = await open(file).catch((error: unknown) => {
    throw new NotFoundError(`${file} cannot be read: ${reasonOf(error)}`);
  });
  try {
    const piece = Buffer.allocUnsafeSlow(64 * 1024);
    const { bytesRead: first } = await handle.read(piece, 0, 6, 0);
    if (first >= 2 && ((piece[0] === 0x1f && piece[1] === 0x8b) || piece.readUInt32LE(0) === 0xfd2fb528))
      throw new ImageError(`${file} is compressed as a whole: unpack it to a .tar first`);
    for (let at = 0; !reader.isEnded; ) {
      const { bytesRead } = await handle.read(piece, 0, piece.length, at);
      if (bytesRead === 0) break;
      reader.push(piece.subarray(0, bytesRead));
      at += bytesRead + reader.takeSkipped();
    }
    reader.end();
  } catch (error) {
    if (error instanceof ImageError) throw new ImageError(`${file}: ${error.message}`);
    throw new ImageError(`${file} cannot be read: ${reasonOf(error)}`, { cause: error });
  } finally {
    await handle.close();
  }
  return index;
}

function follow(index: Index, path: string): Place | undefined {
  let found = index.get(path);
  for (let hop = 0; typeof found === 'string' && hop < 10; hop++) found = index.get(found);
  return typeof found === 'string' ? undefined : found;
}

async function* bytesOf(
  file: string,
  {
    signal,
    start = 0,
    end = Number.POSITIVE_INFINITY,
  }: { readonly signal: AbortSignal; readonly start?: number; readonly end?: number },
): AsyncGenerator<Uint8Array> {
  const cannot = (error: unknown) =>
    new ImageError(`${file} cannot be read: ${reasonOf(error)}`, { cause: error });
  const handle = await open(file).catch((error: unknown) => {
    throw cannot(error);
  });
  try {
    const piece = Buffer.allocUnsafeSlow(pieceBytes);
    for (let at = start; at < end; ) {
      signal.throwIfAborted();
      const { bytesRead } = await handle.read(piece, 0, Math.min(pieceBytes, end - at), at).catch((error) => {
        throw cannot(error);
      });
      if (bytesRead === 0) return;
      at += bytesRead;
      yield piece.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

async function gathered(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bytes) pieces.push(Uint8Array.from(piece));
  return Buffer.concat(pieces);
}

function checkSize(what: string, sizeBytes: number, maxBytes: number): void {
  if (sizeBytes > maxBytes)
    throw new ImageError(`${what} has ${sizeBytes} bytes; at most ${maxBytes} are read of such a file`);
}

function reasonOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? messageOf(error);
}
