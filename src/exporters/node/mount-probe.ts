import { messageOf } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import { PatientAsker, type PatientAskerOptions } from './patient-asker.ts';

/** Node's `statfs`, of which these numbers are used. */
export type Statfs = (path: string) => Promise<{
  readonly bsize: number;
  readonly blocks: number;
  readonly bfree: number;
  readonly bavail: number;
  readonly files: number;
  readonly ffree: number;
}>;

export interface MountProbeOptions extends PatientAskerOptions {
  readonly statfs: Statfs;
}

interface AskedMount {
  readonly path: string;
  readonly fstype: string;
}

type MountAnswer = Awaited<ReturnType<Statfs>> | string;

/** Asked at a time; disks come first, so that what hangs keeps nothing from them. */
const atOnce = 2;

/** What is on a disk of this machine or in its memory. */
const local =
  /^(ext[234]|xfs|btrfs|zfs|tmpfs|ramfs|vfat|exfat|ntfs3?|f2fs|jfs|reiserfs|overlay|iso9660|udf|squashfs|erofs|bcachefs)$/;

/**
 * Asks mounts how full they are, and never waits for one that does not answer. What is stuck is known, is not asked again, and is
 * told as stuck until its answer comes.
 */
export class MountProbe {
  readonly #statfs: Statfs;
  readonly #asker: PatientAsker<Awaited<ReturnType<Statfs>> | string>;

  constructor({ statfs, ...options }: MountProbeOptions) {
    this.#statfs = statfs;
    this.#asker = new PatientAsker(options);
  }

  /** An answer for each mount in their order: the numbers, or why there are none. */
  async ask(mounts: readonly AskedMount[], clock: Clock): Promise<MountAnswer[]> {
    const answers: MountAnswer[] = mounts.map(() => 'not asked');
    const isRemote = (i: number): boolean => !local.test(mounts[i]?.fstype ?? '');
    // Those that cannot hang come first.
    const queue = mounts.map((_, i) => i).sort((a, b) => Number(isRemote(a)) - Number(isRemote(b)));
    const work = async (): Promise<void> => {
      for (let i = queue.shift(); i !== undefined; i = queue.shift())
        answers[i] = await this.#askOne(mounts[i]?.path ?? '', isRemote(i), clock);
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    return answers;
  }

  async #askOne(path: string, isRemote: boolean, clock: Clock): Promise<MountAnswer> {
    const holder = isRemote ? 'remote' : 'disk';
    const answer = await this.#asker.ask(path, holder, () => this.#statfs(path).catch(messageOf), clock);
    if (answer === 'late') return 'mountpoint timeout';
    return answer === 'full' ? 'not asked: too many mounts do not answer' : answer.value;
  }
}
