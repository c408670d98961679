import { messageOf } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';

/** Node's `statfs`, of which these numbers are used. */
export type Statfs = (path: string) => Promise<{
  readonly bsize: number;
  readonly blocks: number;
  readonly bfree: number;
  readonly bavail: number;
  readonly files: number;
  readonly ffree: number;
}>;

export interface MountProbeOptions {
  readonly statfs: Statfs;
  /** After this a mount counts as stuck. */
  readonly timeoutMs: number;
}

interface AskedMount {
  readonly path: string;
  readonly fstype: string;
}

type Answer = Awaited<ReturnType<Statfs>> | string;

/**
 * Node asks in its pool of threads (four, unless UV_THREADPOOL_SIZE says otherwise), and a mount whose server is away keeps its
 * thread for ever. So few are asked at a time, and one is always left for all else that needs a thread.
 */
const threads = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4);
const most = Math.max(1, threads - 1);
/** Of file systems that can hang; so that those of the machine itself are told of whatever becomes of the network. */
const mostRemote = Math.max(1, threads - 2);

/** What is on a disk of this machine or in its memory. */
const local =
  /^(ext[234]|xfs|btrfs|zfs|tmpfs|ramfs|vfat|exfat|ntfs3?|f2fs|jfs|reiserfs|overlay|iso9660|udf|squashfs|erofs|bcachefs)$/;

/**
 * Asks mounts how full they are, and never waits for one that does not answer. What is stuck is known, is not asked again, and is
 * told as stuck until its answer comes.
 */
export class MountProbe {
  readonly #options: MountProbeOptions;
  /** Paths whose answer is awaited, with whether they count as remote. */
  readonly #asked = new Map<string, boolean>();

  constructor(options: MountProbeOptions) {
    this.#options = options;
  }

  /** An answer for each mount in their order: the numbers, or why there are none. */
  async ask(mounts: readonly AskedMount[], clock: Clock): Promise<Answer[]> {
    const answers: Answer[] = mounts.map(() => 'not asked');
    const isRemote = (i: number): boolean => !local.test(mounts[i]?.fstype ?? '');
    // Those that cannot hang come first.
    const queue = mounts.map((_, i) => i).sort((a, b) => Number(isRemote(a)) - Number(isRemote(b)));
    const work = async (): Promise<void> => {
      for (let i = queue.shift(); i !== undefined; i = queue.shift())
        answers[i] = await this.#askOne(mounts[i]?.path ?? '', isRemote(i), clock);
    };
    await Promise.all(Array.from({ length: mostRemote }, work));
    return answers;
  }

  async #askOne(path: string, isRemote: boolean, clock: Clock): Promise<Answer> {
    if (this.#asked.has(path)) return 'mountpoint timeout';
    const remotes = [...this.#asked.values()].filter(Boolean).length;
    if (this.#asked.size >= most || (isRemote && remotes >= mostRemote))
      return 'not asked: too many mounts do not answer';
    this.#asked.set(path, isRemote);
    const asked = this.#options
      .statfs(path)
      .catch(messageOf)
      .finally(() => this.#asked.delete(path));
    return await new Promise<Answer>((resolve) => {
      const cancel = clock.timer(this.#options.timeoutMs, () => resolve('mountpoint timeout'));
      void asked.then((answer) => {
        cancel();
        resolve(answer);
      });
    });
  }
}
