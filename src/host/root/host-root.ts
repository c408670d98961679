import { constants } from 'node:fs';
import { type FileHandle, lstat, open, opendir, readlink, realpath } from 'node:fs/promises';
import { posix } from 'node:path';
import { obstacleOf, type Reading } from './reading.ts';

/** What is told of a file or folder without opening it. */
export interface FileState {
  /** Without the bits of the type: 0o644. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  readonly isFolder: boolean;
  readonly isFile: boolean;
}

/**
 * Names a file without opening what is in it: nothing happens to devices and pipes, and no right on the file itself is needed.
 * Source: https://man7.org/linux/man-pages/man2/open.2.html, `O_PATH`.
 */
const pathOnly = 0o10000000;

const mostLinks = 40;

/**
 * The files of a host below a folder, such as `/host`. Symbolic links are followed as the host would follow them: absolute ones
 * start at the folder, and none leads out of it. Nothing is ever written, and nothing but regular files is opened.
 */
export class HostRoot {
  readonly folder: string;
  #real: string | undefined;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Mode, owner and type of what is at a path of the host. */
  async stat(path: string): Promise<Reading<FileState>> {
    return this.#at(path, async (handle) => ({ value: await stateOf(handle) }));
  }

  /** What is in a regular file of at most `mostBytes`. */
  async read(path: string, mostBytes: number): Promise<Reading<Buffer>> {
    return this.#at(path, async (handle): Promise<Reading<Buffer>> => {
      const { isFile, sizeBytes } = await stateOf(handle);
      if (!isFile) return { obstacle: 'no-file', reason: `${path}: is no regular file` };
      const tooLarge = {
        obstacle: 'too-large',
        reason: `${path}: has more than ${mostBytes} bytes`,
      } as const;
      if (sizeBytes > mostBytes) return tooLarge;
      // The same file that was looked at, whatever stands at the path by now.
      const file = await open(handlePath(handle), constants.O_RDONLY | constants.O_NONBLOCK);
      try {
        const content = await readUpTo(file, mostBytes);
        return content === undefined ? tooLarge : { value: content };
      } finally {
        await file.close();
      }
    });
  }

  /** As {@link read}, as UTF-8. */
  async text(path: string, mostBytes = 64 * 1024): Promise<Reading<string>> {
    const read = await this.read(path, mostBytes);
    return 'value' in read ? { value: read.value.toString('utf8') } : read;
  }

  /** As {@link read}, of a path of `/proc` that no link is on: cheaper, as there are many. One that is there all the same is an obstacle. */
  async readPlain(path: string, mostBytes: number): Promise<Reading<Buffer>> {
    let file: FileHandle | undefined;
    try {
      this.#real ??= await realpath(this.folder);
      const place = posix.join(this.#real, path);
      file = await open(place, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
      if ((await readlink(handlePath(file))) !== place)
        return { obstacle: 'outside', reason: `${path}: is somewhere else` };
      const content = await readUpTo(file, mostBytes);
      return content === undefined
        ? { obstacle: 'too-large', reason: `${path}: has more than ${mostBytes} bytes` }
        : { value: content };
    } catch (error) {
      return obstacleOf(path, error);
    } finally {
      await file?.close();
    }
  }

  /** Names in a folder, sorted; more than `most` are an obstacle, as a part of them would look like all. */
  async list(path: string, most = 4096): Promise<Reading<readonly string[]>> {
    return this.#at(path, async (handle): Promise<Reading<readonly string[]>> => {
      if (!(await stateOf(handle)).isFolder) return { obstacle: 'no-file', reason: `${path}: is no folder` };
      const names: string[] = [];
      for await (const { name } of await opendir(handlePath(handle))) {
        if (names.length === most)
          return { obstacle: 'too-large', reason: `${path}: has more than ${most} entries` };
        names.push(name);
      }
      return { value: names.sort() };
    });
  }

  async #at<Value>(
    path: string,
    use: (handle: FileHandle) => Promise<Reading<Value>>,
  ): Promise<Reading<Value>> {
    let handle: FileHandle | undefined;
    try {
      this.#real ??= await realpath(this.folder);
      const found = await this.#follow(this.#real, path);
      if (found === undefined)
        return { obstacle: 'loop', reason: `${path}: its symbolic links lead in a circle` };
      handle = await open(found, pathOnly | constants.O_NOFOLLOW);
      // A folder on the way may have been replaced by a link since.
      if (!isInside(this.#real, await readlink(handlePath(handle))))
        return { obstacle: 'outside', reason: `${path}: leads out of ${this.folder}` };
      return await use(handle);
    } catch (error) {
      return obstacleOf(path, error);
    } finally {
      await handle?.close();
    }
  }

  /** Where a path leads, links of the host followed inside of the root; undefined for a circle. */
  async #follow(real: string, path: string): Promise<string | undefined> {
    let links = 0;
    let at = '/';
    const left = path.split('/').reverse();
    for (let name = left.pop(); name !== undefined; name = left.pop()) {
      if (name === '' || name === '.') continue;
      if (name === '..') {
        at = posix.dirname(at);
        continue;
      }
      const next = posix.join(at, name);
      const target = await linkAt(posix.join(real, next));
      if (target === undefined) {
        at = next;
        continue;
      }
      if (++links > mostLinks) return undefined;
      if (target.startsWith('/')) at = '/';
      left.push(...target.split('/').reverse());
    }
    return posix.join(real, at);
  }
}

/** Where a symbolic link points; undefined for what is none. */
async function linkAt(path: string): Promise<string | undefined> {
  return (await lstat(path)).isSymbolicLink() ? readlink(path) : undefined;
}

function handlePath({ fd }: FileHandle): string {
  return `/proc/self/fd/${fd}`;
}

function isInside(root: string, path: string): boolean {
  return root === '/' || path === root || path.startsWith(`${root}/`);
}

async function stateOf(handle: FileHandle): Promise<FileState> {
  const stats = await handle.stat();
  const { mode, uid, gid, size } = stats;
  return {
    ...{ mode: mode & 0o7777, uid, gid, sizeBytes: size },
    ...{ isFolder: stats.isDirectory(), isFile: stats.isFile() },
  };
}

/** Files of `/proc` have no size, so that only reading them tells it. Undefined when there is more. */
async function readUpTo(file: FileHandle, mostBytes: number): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for (;;) {
    // Most are short.
    const room = pieces.length === 0 ? 2048 : 64 * 1024;
    const piece = Buffer.allocUnsafe(Math.min(room, mostBytes + 1 - bytes));
    const { bytesRead } = await file.read(piece, 0, piece.length, null);
    if (bytesRead === 0) return Buffer.concat(pieces);
    bytes += bytesRead;
    if (bytes > mostBytes) return undefined;
    pieces.push(piece.subarray(0, bytesRead));
  }
}
